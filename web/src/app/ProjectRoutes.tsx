import { useQuery } from "@tanstack/react-query";
import { Suspense, useRef } from "react";
import { Route, Switch } from "wouter";
import { SHARED } from "../api/base";
import { isStatus } from "../api/errors";
import { LiveProvider } from "../api/LiveProvider";
import { type ProjectPath, projectQuery, viewerQuery } from "../api/queries";
import { Skeleton } from "../components/Skeleton";
import { lazy } from "../lib/lazy";
import { NoProjectPage, NotFoundPage } from "../pages/NotFoundPage";
import { ProjectPage } from "../pages/project/ProjectPage";
import { SweepPage } from "../pages/sweep/SweepPage";
import { MayWriteProvider } from "../view/MayWrite";
import { mayWriteIn } from "../view/rights";
import { CommonArrangement } from "./CommonArrangement";
import { artifactsPath, projectPath, reportsPath } from "./routes";
import { Shell } from "./Shell";

const NewSweepPage = lazy(() => import("../pages/newsweep/NewSweepPage"));
const ComparePage = lazy(() => import("../pages/compare/ComparePage"));
const RunPage = lazy(() => import("../pages/run/RunPage").then(({ RunPage }) => ({ default: RunPage })));
const ViewPage = lazy(() => import("../pages/views/ViewPage"));
const ArtifactPage = lazy(() => import("../pages/artifacts/ArtifactPage"));
const ReportPage = lazy(() => import("../pages/report/ReportPage"));

/** Everything inside one project shares one stream of changes. */
export function ProjectRoutes({ entity, project }: ProjectPath) {
  const path = { entity, project };
  const crumb = { text: `${entity}/${project}`, href: projectPath(entity, project) };
  const viewer = useQuery(viewerQuery).data;
  // Asked for by the project's own page, and by a stream that does not open: it cannot tell why.
  const known = useQuery({ ...projectQuery(path), enabled: false });
  const missing = useRef(""); // a question that is asked again has no error meanwhile
  if (isStatus(known.error, 404)) missing.current = crumb.text;
  else if (known.data !== undefined) missing.current = "";
  if (missing.current === crumb.text)
    return (
      <Shell crumbs={[]}>
        <NoProjectPage {...path} />
      </Shell>
    );
  return (
    <MayWriteProvider value={viewer !== undefined && mayWriteIn(viewer, entity)}>
      <LiveProvider {...path}>
        {SHARED === null && <CommonArrangement path={path} />}
        <Switch>
          <Route path="/:entity/:project">
            <Shell crumbs={[crumb]}>
              <ProjectPage path={path} tab="sweeps" />
            </Shell>
          </Route>
          <Route path="/:entity/:project/sweeps">
            <Shell crumbs={[crumb]}>
              <ProjectPage path={path} tab="sweeps" />
            </Shell>
          </Route>
          <Route path="/:entity/:project/runs">
            <Shell crumbs={[crumb]}>
              <ProjectPage path={path} tab="runs" />
            </Shell>
          </Route>
          <Route path="/:entity/:project/importance">
            <Shell crumbs={[crumb]}>
              <ProjectPage path={path} tab="importance" />
            </Shell>
          </Route>
          <Route path="/:entity/:project/views">
            <Shell crumbs={[crumb]}>
              <ProjectPage path={path} tab="views" />
            </Shell>
          </Route>
          <Route path="/:entity/:project/views/:id">
            {({ id }) => (
              <Shell crumbs={[crumb]}>
                <Suspense fallback={<Skeleton height={480} />}>
                  <ViewPage path={path} id={id} />
                </Suspense>
              </Shell>
            )}
          </Route>
          <Route path="/:entity/:project/sweeps/:id">
            {({ id }) => (
              <Shell crumbs={[crumb, { text: "Sweeps", href: crumb.href }]}>
                <SweepPage key={id} path={path} id={id} />
              </Shell>
            )}
          </Route>
          <Route path="/:entity/:project/new-sweep">
            <Shell crumbs={[crumb, { text: "Sweeps", href: crumb.href }]}>
              <Suspense fallback={<Skeleton height={480} />}>
                <NewSweepPage path={path} />
              </Suspense>
            </Shell>
          </Route>
          <Route path="/:entity/:project/runs/:id">
            {({ id }) => (
              <Shell crumbs={[crumb, { text: "Runs", href: `${crumb.href}/runs` }]}>
                <Suspense fallback={<Skeleton height={480} />}>
                  <RunPage key={id} path={path} id={id} />
                </Suspense>
              </Shell>
            )}
          </Route>
          <Route path="/:entity/:project/reports">
            <Shell crumbs={[crumb]}>
              <ProjectPage path={path} tab="reports" />
            </Shell>
          </Route>
          <Route path="/:entity/:project/reports/:id">
            {({ id }) => (
              <Shell crumbs={[crumb, { text: "Reports", href: reportsPath(path) }]}>
                <Suspense fallback={<Skeleton height={480} />}>
                  <ReportPage path={path} id={id} />
                </Suspense>
              </Shell>
            )}
          </Route>
          <Route path="/:entity/:project/artifacts">
            <Shell crumbs={[crumb]}>
              <ProjectPage path={path} tab="artifacts" />
            </Shell>
          </Route>
          <Route path="/:entity/:project/artifacts/:address">
            {({ address }) => (
              <Shell crumbs={[crumb, { text: "Artifacts", href: artifactsPath(path) }]}>
                <Suspense fallback={<Skeleton height={480} />}>
                  <ArtifactPage path={path} address={address} />
                </Suspense>
              </Shell>
            )}
          </Route>
          <Route path="/:entity/:project/compare">
            <Shell crumbs={[crumb]}>
              <Suspense fallback={<Skeleton height={480} />}>
                <ComparePage path={path} />
              </Suspense>
            </Shell>
          </Route>
          <Route>
            <Shell crumbs={[crumb]}>
              <NotFoundPage what="page" />
            </Shell>
          </Route>
        </Switch>
      </LiveProvider>
    </MayWriteProvider>
  );
}
