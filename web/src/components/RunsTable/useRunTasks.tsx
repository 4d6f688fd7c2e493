import { type ReactNode, Suspense, useCallback, useMemo, useState } from "react";
import { useLocation } from "wouter";
import type { Run } from "../../api/types";
import { runPath } from "../../app/routes";
import { copyText } from "../../lib/copy";
import { lazy } from "../../lib/lazy";
import { useMayWrite } from "../../view/MayWrite";
import type { MenuItem } from "../Menu";
import { isUnfinished, mayRunAgain } from "../RunTasks/possible";
import type { Task } from "../RunTasks/RunDialog";

const RunDialog = lazy(() =>
  import("../RunTasks/RunDialog").then(({ RunDialog }) => ({ default: RunDialog })),
);

export interface RunTasks {
  start: (kind: Task["kind"], runs: readonly Run[]) => void;
  /** What can be done with one run. `looks`: what only changes how it is drawn. */
  menu: (run: Run, looks: readonly MenuItem[]) => (MenuItem | null)[];
}

/**
 * What can be done with runs, and the dialog that asks first, which must not go with the last run. `words`: what their
 * addresses take along. The tasks keep their identity.
 */
export function useRunTasks(words: string): [RunTasks, dialog: ReactNode] {
  const [task, setTask] = useState<Task | null>(null);
  const [, navigate] = useLocation();
  const mayWrite = useMayWrite();
  const start = useCallback((kind: Task["kind"], runs: readonly Run[]) => setTask({ kind, runs }), []);
  const menu = useCallback(
    (run: Run, looks: readonly MenuItem[]): (MenuItem | null)[] => {
      const open = { name: "Open", act: () => navigate(runPath(run) + words) };
      const copy = { name: "Copy ID", note: run.id, act: () => void copyText(run.id) };
      const rename = { name: "Rename…", act: () => start("rename", [run]) };
      if (!mayWrite) return [open, rename, ...looks, copy];
      return [
        open,
        rename,
        { name: "Tags…", act: () => start("tags", [run]) },
        ...looks,
        copy,
        ...(run.sweep_id === null ? [{ name: "Move…", act: () => start("move", [run]) }] : []),
        null,
        ...(mayRunAgain(run) ? [{ name: "Run again…", act: () => start("again", [run]) }] : []),
        ...(isUnfinished(run) ? [{ name: "Stop…", act: () => start("stop", [run]) }] : []),
        { name: "Delete…", danger: true, act: () => start("delete", [run]) },
      ];
    },
    [mayWrite, navigate, start, words],
  );
  const dialog = task !== null && (
    <Suspense>
      <RunDialog
        key={`${task.kind} ${task.runs[0]?.id}`}
        task={task}
        words={words}
        close={() => setTask(null)}
      />
    </Suspense>
  );
  return [useMemo(() => ({ start, menu }), [start, menu]), dialog];
}
