import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { HOME, SHARED, SHARED_KIND } from "../api/base";
import { type ProjectPath, projectQuery } from "../api/queries";
import { artifactsPath, projectPath, projectRunsPath, projectViewsPath, reportsPath } from "../app/routes";
import { CodeBlock } from "../components/CodeBlock";
import { EmptyState } from "../components/EmptyState";
import { pythonText } from "../lib/quoted";
import { useTitle } from "../lib/useTitle";

/** Where a project lists what it has of a kind. */
const LISTS = {
  sweep: projectPath,
  run: projectRunsPath,
  report: (entity: string, project: string) => reportsPath({ entity, project }),
  view: projectViewsPath,
  artifact: (entity: string, project: string) => artifactsPath({ entity, project }),
} as const;

type Props = { what: "page" } | { what: keyof typeof LISTS; path: ProjectPath };

/** Leads to what there is instead: of things of a project to the others of their kind. */
export function NotFoundPage(props: Props) {
  const { what } = props;
  useTitle("Not found");
  return (
    <EmptyState title={`There is no such ${what}`} level={1}>
      <p>The address may be mistyped, or the {what} was deleted.</p>
      {SHARED !== null ? (
        <Link href={HOME}>The shared {SHARED_KIND}</Link>
      ) : props.what === "page" ? (
        <Link href={HOME}>All projects</Link>
      ) : (
        <Link href={LISTS[props.what](props.path.entity, props.path.project)}>
          All {what}s of the project
        </Link>
      )}
    </EmptyState>
  );
}

const firstRun = ({ entity, project }: ProjectPath) => `import besom

with besom.init(entity=${pythonText(entity)}, project=${pythonText(project)}) as run:
    run.log({"loss": 0.5})
`;

/** For whatever is asked for inside of a project that is not there, or not for this reader. */
export function NoProjectPage({ entity, project }: ProjectPath) {
  useTitle("Not found");
  // Whoever just begins it need not load the page again.
  useQuery({ ...projectQuery({ entity, project }), refetchInterval: 3_000 });
  return (
    <EmptyState title={`There is no project ${entity}/${project}`} level={1}>
      <p>The address may be mistyped, the project may have been deleted, or you may not see it.</p>
      <Link href="/">All projects</Link>
      <p>A project begins with its first run or sweep, and then appears here by itself:</p>
      <CodeBlock text={firstRun({ entity, project })} label="What makes this project" />
    </EmptyState>
  );
}
