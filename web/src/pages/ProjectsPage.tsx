import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { projectsQuery } from "../api/queries";
import type { Project } from "../api/types";
import { projectPath } from "../app/routes";
import { CodeBlock } from "../components/CodeBlock";
import { CopyCommand } from "../components/CopyCommand";
import { type DataColumn, DataTable } from "../components/DataTable";
import { EmptyState } from "../components/EmptyState";
import { ErrorNote } from "../components/ErrorNote";
import { Skeleton } from "../components/Skeleton";
import { Ago } from "../components/Time";
import { formatCount } from "../lib/format";
import { useTitle } from "../lib/useTitle";
import styles from "./Page.module.css";

const COLUMNS: DataColumn<Project>[] = [
  {
    name: "Project",
    cell: ({ entity, name }) => <Link href={projectPath(entity, name)}>{`${entity}/${name}`}</Link>,
  },
  { name: "Sweeps", number: true, cell: (project) => formatCount(project.sweep_count) },
  { name: "Runs", number: true, cell: (project) => formatCount(project.run_count) },
  { name: "Running now", number: true, cell: (project) => formatCount(project.running) },
  { name: "Last activity", cell: (project) => <Ago time={project.last_activity} /> },
];

const FIRST_SWEEP = `program: train.py
method: bayes
metric: {name: loss, goal: minimize}
parameters:
  lr: {distribution: log_uniform_values, min: 0.0001, max: 0.1}
  batch_size: {values: [16, 32, 64]}
`;

export default function ProjectsPage() {
  useTitle("Projects");
  const projects = useQuery(projectsQuery);
  return (
    <div className={styles.page}>
      <h1>Projects</h1>
      {projects.error !== null && <ErrorNote error={projects.error} retry={projects.refetch} />}
      {projects.isPending && <Skeleton height={240} />}
      {projects.data?.projects.length === 0 && <QuickStart />}
      {projects.data !== undefined && projects.data.projects.length > 0 && (
        <DataTable
          label="Projects"
          columns={COLUMNS}
          rows={projects.data.projects}
          rowKey={({ entity, name }) => `${entity}/${name}`}
        />
      )}
    </div>
  );
}

function QuickStart() {
  return (
    <EmptyState title="Start your first sweep">
      <p>
        1. Say what to search, in a file <code>sweep.yaml</code>:
      </p>
      <CodeBlock text={FIRST_SWEEP} label="sweep.yaml" yaml />
      <p>2. Create the sweep. A project appears here at once:</p>
      <CopyCommand command="besom sweep --project my-project sweep.yaml" />
      <p>
        3. Start as many agents as you like with the command that this prints. Your script stays as it is.
      </p>
    </EmptyState>
  );
}
