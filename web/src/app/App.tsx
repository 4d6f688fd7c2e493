import { QueryClientProvider } from "@tanstack/react-query";
import { Route, Router, Switch } from "wouter";
import { BASE, SHARED_SWEEP } from "../api/base";
import { NotFoundPage } from "../pages/NotFoundPage";
import { ProjectsPage } from "../pages/ProjectsPage";
import { SharedSweep } from "../pages/SharedSweep";
import { ErrorBoundary } from "./ErrorBoundary";
import { ProjectRoutes } from "./ProjectRoutes";
import { queryClient } from "./queryClient";
import { Shell } from "./Shell";
import { SignInGate } from "./SignInGate";

export function App() {
  return (
    <ErrorBoundary>
      <QueryClientProvider client={queryClient}>
        <SignInGate>
          <Router base={BASE}>
            <Switch>
              <Route path="/">
                <Shell crumbs={[]}>
                  {SHARED_SWEEP === null ? <ProjectsPage /> : <SharedSweep id={SHARED_SWEEP} />}
                </Shell>
              </Route>
              <Route path="/:entity/:project/*?">
                {({ entity, project }) => (
                  <ProjectRoutes key={`${entity}/${project}`} entity={entity} project={project} />
                )}
              </Route>
              <Route>
                <Shell crumbs={[]}>
                  <NotFoundPage what="page" />
                </Shell>
              </Route>
            </Switch>
          </Router>
        </SignInGate>
      </QueryClientProvider>
    </ErrorBoundary>
  );
}
