import { useMemo } from "react";
import { useOnChange } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import type { ProjectPath } from "../../api/queries";
import { runCollection, useRuns } from "../../api/useRuns";
import { CodeBlock } from "../../components/CodeBlock";
import { EmptyState } from "../../components/EmptyState";
import { RunsTable } from "../../components/RunsTable/RunsTable";

const isRun = (change: Change) => change.kind === "run";

const FIRST_RUN = `import besom

with besom.init(project="PROJECT", config={"lr": 0.01}) as run:
    for epoch in range(10):
        run.log({"loss": 1 / (epoch + 1)})
`;

/** All runs of a project, inside sweeps and outside. */
export function ProjectRuns({ path }: { path: ProjectPath }) {
  const collection = useMemo(() => runCollection(path), [path]);
  const snapshot = useRuns(collection);
  useOnChange(isRun, collection.refresh, 1_000);
  return (
    <RunsTable
      snapshot={snapshot}
      retry={collection.refresh}
      params={[]}
      metric={null}
      empty={
        <EmptyState title="No runs in this project yet">
          <p>Start an agent of a sweep, or log a run by itself:</p>
          <CodeBlock text={FIRST_RUN.replace("PROJECT", path.project)} label="A first run" />
        </EmptyState>
      }
    />
  );
}
