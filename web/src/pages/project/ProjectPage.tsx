import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { useLocation } from "wouter";
import { useInvalidate } from "../../api/LiveProvider";
import { type ProjectPath, projectQuery } from "../../api/queries";
import {
  artifactsPath,
  projectImportancePath,
  projectPath,
  projectRunsPath,
  projectViewsPath,
  reportsPath,
} from "../../app/routes";
import { useShortcut } from "../../app/useShortcut";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { Tabs } from "../../components/Tabs";
import { lazy } from "../../lib/lazy";
import { useTitle } from "../../lib/useTitle";
import styles from "../Page.module.css";
import { ProjectHeader } from "./ProjectHeader";
import { ProjectImportance } from "./ProjectImportance";
import { ProjectRuns } from "./ProjectRuns";
import { SweepList } from "./SweepList";

const ProjectViews = lazy(() => import("./ProjectViews"));
const ArtifactList = lazy(() => import("../artifacts/ArtifactList"));
const ReportList = lazy(() => import("../report/ReportList"));

const always = () => true;

const NAMES = {
  sweeps: "Sweeps",
  runs: "Runs",
  importance: "Importance",
  views: "Views",
  reports: "Reports",
  artifacts: "Artifacts",
} as const;
export type ProjectTab = keyof typeof NAMES;

export function ProjectPage({ path, tab }: { path: ProjectPath; tab: ProjectTab }) {
  const { entity, project: name } = path;
  useTitle(`${entity}/${name}`, tab === "sweeps" ? null : NAMES[tab]);
  const query = projectQuery(path);
  const project = useQuery(query);
  useInvalidate(query.queryKey, always, 3_000);
  const [, navigate] = useLocation();
  useShortcut("ctrl+j", () =>
    navigate(tab === "runs" ? projectPath(entity, name) : projectRunsPath(entity, name)),
  );
  const tabs = [
    { name: "Sweeps", href: projectPath(entity, name), count: project.data?.sweep_count },
    { name: "Runs", href: projectRunsPath(entity, name), count: project.data?.run_count },
    { name: "Importance", href: projectImportancePath(entity, name) },
    { name: "Views", href: projectViewsPath(entity, name) },
    { name: "Reports", href: reportsPath(path) },
    { name: "Artifacts", href: artifactsPath(path) },
  ];
  return (
    <div className={styles.page}>
      <ProjectHeader path={path} project={project.data} />
      <Tabs label="Project" tabs={tabs} current={NAMES[tab]} />
      {project.error !== null && <ErrorNote error={project.error} retry={project.refetch} />}
      {tab === "sweeps" && <SweepList path={path} />}
      {tab === "runs" && <ProjectRuns path={path} />}
      {tab === "importance" && <ProjectImportance path={path} />}
      {tab === "views" && (
        <Suspense fallback={<Skeleton height={160} />}>
          <ProjectViews path={path} />
        </Suspense>
      )}
      {tab === "reports" && (
        <Suspense fallback={<Skeleton height={240} />}>
          <ReportList path={path} />
        </Suspense>
      )}
      {tab === "artifacts" && (
        <Suspense fallback={<Skeleton height={240} />}>
          <ArtifactList path={path} />
        </Suspense>
      )}
    </div>
  );
}
