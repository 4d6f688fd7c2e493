import { QueryClientProvider } from "@tanstack/react-query";
import { Route, Switch } from "wouter";
import { NotFoundPage } from "../pages/NotFoundPage";
import { ProjectsPage } from "../pages/ProjectsPage";
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
          <Switch>
            <Route path="/">
              <Shell crumbs={[]}>
                <ProjectsPage />
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
        </SignInGate>
      </QueryClientProvider>
    </ErrorBoundary>
  );
}
