import { Route, Switch } from "wouter";
import { LiveProvider } from "../api/LiveProvider";
import type { ProjectPath } from "../api/queries";
import { NotFoundPage } from "../pages/NotFoundPage";
import { ProjectPage } from "../pages/project/ProjectPage";
import { RunPage } from "../pages/run/RunPage";
import { SweepPage } from "../pages/sweep/SweepPage";
import { projectPath } from "./routes";
import { Shell } from "./Shell";

/** Everything inside one project shares one stream of changes. */
export function ProjectRoutes({ entity, project }: ProjectPath) {
  const path = { entity, project };
  const crumb = { text: `${entity}/${project}`, href: projectPath(entity, project) };
  return (
    <LiveProvider {...path}>
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
        <Route path="/:entity/:project/sweeps/:id">
          {({ id }) => (
            <Shell crumbs={[crumb, { text: "Sweeps", href: crumb.href }]}>
              <SweepPage key={id} path={path} id={id} />
            </Shell>
          )}
        </Route>
        <Route path="/:entity/:project/runs/:id">
          {({ id }) => (
            <Shell crumbs={[crumb, { text: "Runs", href: `${crumb.href}/runs` }]}>
              <RunPage key={id} path={path} id={id} />
            </Shell>
          )}
        </Route>
        <Route>
          <Shell crumbs={[crumb]}>
            <NotFoundPage what="page" />
          </Shell>
        </Route>
      </Switch>
    </LiveProvider>
  );
}
