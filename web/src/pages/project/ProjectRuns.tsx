import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useInvalidate, useOnChange } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { type ProjectPath, sweepsQuery } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { runCollection, useRuns } from "../../api/useRuns";
import { CodeBlock } from "../../components/CodeBlock";
import { EmptyState } from "../../components/EmptyState";
import { RunsBar } from "../../components/RunsBar/RunsBar";
import { RunsTable } from "../../components/RunsTable/RunsTable";
import { pythonText } from "../../lib/quoted";
import { withSweepNames } from "../../view/names";
import { RunViewProvider } from "../../view/RunView";
import { useFields } from "../../view/useFields";
import { SavedViews } from "../views/SavedViews";

const isRun = (change: Change) => change.kind === "run";
const isSweep = (change: Change) => change.kind === "sweep";

const firstRun = ({ entity, project }: ProjectPath) => `import besom

with besom.init(
    entity=${pythonText(entity)},
    project=${pythonText(project)},
    config={"lr": 0.01},
) as run:
    for epoch in range(10):
        run.log({"loss": 1 / (epoch + 1)})
`;

/** Nothing else of them, or the table would be drawn anew whenever their runs go on. */
const namesOf = ({ sweeps }: { sweeps: readonly Sweep[] }) => sweeps.map(({ id, name }) => ({ id, name }));
const NONE: readonly Pick<Sweep, "id" | "name">[] = [];

/** A sweep is seldom renamed. */
const SWEEPS_INTERVAL = 10_000;

const NO_PARAMS: readonly string[] = [];
const HIDDEN = ["why"];

/** All runs of a project, inside sweeps and outside. */
export function ProjectRuns({ path: { entity, project } }: { path: ProjectPath }) {
  const collection = useMemo(() => runCollection({ entity, project }), [entity, project]);
  const snapshot = useRuns(collection);
  useOnChange(isRun, collection.refresh, 500);
  const query = sweepsQuery({ entity, project });
  const sweeps = useQuery({ ...query, select: namesOf }).data;
  useInvalidate(query.queryKey, isSweep, SWEEPS_INTERVAL);
  const known = useFields(snapshot.runs, null, NO_PARAMS);
  const fields = useMemo(() => withSweepNames(known, sweeps ?? NONE), [known, sweeps]);
  return (
    <RunViewProvider runs={snapshot.runs} fields={fields} metric={null} place={`${entity}/${project}`}>
      {snapshot.runs.length > 0 && (
        <RunsBar>
          <SavedViews />
        </RunsBar>
      )}
      <RunsTable
        snapshot={snapshot}
        retry={collection.refresh}
        hidden={HIDDEN}
        empty={
          <EmptyState title="No runs in this project yet">
            <p>Start an agent of a sweep, or log a run by itself:</p>
            <CodeBlock text={firstRun({ entity, project })} label="A first run" />
          </EmptyState>
        }
      />
    </RunViewProvider>
  );
}
