import { useMutation } from "@tanstack/react-query";
import { Link } from "wouter";
import { SHARED } from "../../api/base";
import type { ProjectPath } from "../../api/queries";
import { changeRuns } from "../../api/runChanges";
import { projectRunsPath } from "../../app/routes";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { useMayWrite } from "../../view/MayWrite";

/** In place of a run that was deleted: for some days it can come back. */
export function DeletedRun({ path, id, undone }: { path: ProjectPath; id: string; undone: () => void }) {
  const mayWrite = useMayWrite();
  const undo = useMutation({
    mutationFn: async () => {
      const { refused, reasons } = await changeRuns(path, "undelete", [id]);
      if (refused > 0) throw new Error(reasons[0]?.reason ?? "It cannot come back.");
    },
    onSuccess: undone,
  });
  return (
    <EmptyState title="This run was deleted" level={1}>
      {mayWrite && (
        <>
          <p>For seven days it can come back, with all that it has logged.</p>
          <p>
            <Button onClick={() => undo.mutate()} busy={undo.isPending}>
              Bring it back
            </Button>
          </p>
        </>
      )}
      {undo.error !== null && <ErrorNote error={undo.error} />}
      {SHARED === null && (
        <Link href={projectRunsPath(path.entity, path.project)}>All runs of the project</Link>
      )}
    </EmptyState>
  );
}
