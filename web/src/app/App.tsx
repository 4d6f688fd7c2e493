import { QueryClientProvider } from "@tanstack/react-query";
import { type ComponentType, Suspense } from "react";
import { Route, Router, Switch } from "wouter";
import { BASE, IS_SHARED_REPORT, SHARED } from "../api/base";
import { Skeleton } from "../components/Skeleton";
import { lazy } from "../lib/lazy";
import { NotFoundPage } from "../pages/NotFoundPage";
import { SharedSweep } from "../pages/SharedSweep";
import { ErrorBoundary } from "./ErrorBoundary";
import { ProjectRoutes } from "./ProjectRoutes";
import { queryClient } from "./queryClient";
import { Shell } from "./Shell";
import { SignInGate } from "./SignInGate";
import { useRawSearch } from "./useRawSearch";

const ProjectsPage = lazy(() => import("../pages/ProjectsPage"));
const AccountPage = lazy(() => import("../pages/account/AccountPage"));
const JoinPage = lazy(() => import("../pages/account/JoinPage"));

const SignInLinkPage = lazy(() => import("../pages/SignInLinkPage"));

/** Of who was sent a link: nobody is signed in yet, so they stand before the sign-in form. */
const ENTRIES: Record<string, ComponentType> = { "/join": JoinPage, "/sign-in": SignInLinkPage };

const ACCOUNT = [
  ["/keys", "Keys"],
  ["/teams", "Teams"],
  ["/users", "Users"],
  ["/log", "Log"],
] as const;

export function App() {
  const Entry = ENTRIES[window.location.pathname];
  return (
    <ErrorBoundary>
      <QueryClientProvider client={queryClient}>
        {Entry === undefined ? (
          <Pages />
        ) : (
          <Suspense>
            <Entry />
          </Suspense>
        )}
      </QueryClientProvider>
    </ErrorBoundary>
  );
}

const Pages = () => (
  <SignInGate>
    <Router base={BASE} searchHook={useRawSearch}>
      <Switch>
        <Route path="/">
          <Shell crumbs={[]}>
            {SHARED === null ? (
              <Suspense fallback={<Skeleton height={240} />}>
                <ProjectsPage />
              </Suspense>
            ) : IS_SHARED_REPORT ? (
              <NotFoundPage what="page" />
            ) : (
              <SharedSweep id={SHARED} />
            )}
          </Shell>
        </Route>
        {SHARED === null &&
          ACCOUNT.map(([path, tab]) => (
            <Route key={path} path={path}>
              <Shell crumbs={[]}>
                <Suspense fallback={<Skeleton height={320} />}>
                  <AccountPage tab={tab} />
                </Suspense>
              </Shell>
            </Route>
          ))}
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
);
