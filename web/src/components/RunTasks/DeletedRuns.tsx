import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { ProjectPath } from "../../api/queries";
import { fetchDeletedRuns } from "../../api/runChanges";
import type { Run } from "../../api/types";
import { formatNumber } from "../../lib/format";
import { Button } from "../Button";
import { Dialog, DialogButtons } from "../Dialog";
import { ErrorNote } from "../ErrorNote";
import { Skeleton } from "../Skeleton";
import { StateIcon, stateOf } from "../StateIcon";
import { Ago } from "../Time";
import { change } from "./RunDialog";
import styles from "./RunTasks.module.css";

const MOST = 1_000;

interface Props {
  path: ProjectPath;
  /** Only runs of this sweep. */
  sweep?: string;
  close: () => void;
}

/** Runs that were deleted in the last days, to be brought back one by one or all at once. */
export default function DeletedRuns({ path, sweep, close }: Props) {
  const deleted = useQuery({
    queryKey: ["deleted", path.entity, path.project, sweep],
    queryFn: () => fetchDeletedRuns(path, sweep, MOST),
    staleTime: 0,
    gcTime: 0,
  });
  const [error, setError] = useState<Error | null>(null);
  const [left, setLeft] = useState<ReactNode>(null);
  const bringBack = async (runs: readonly Run[]) => {
    setError(null);
    try {
      setLeft(await change("undelete", runs));
      await deleted.refetch();
    } catch (failure) {
      setError(failure as Error);
    }
  };
  const runs = deleted.data?.runs ?? [];
  return (
    <Dialog title="Deleted runs" width={560} onClose={close}>
      {deleted.isPending && <Skeleton height={120} />}
      {deleted.error !== null && <ErrorNote error={deleted.error} retry={deleted.refetch} />}
      {error !== null && <ErrorNote error={error} />}
      {left}
      {deleted.isSuccess && runs.length === 0 && (
        <p className={styles.soft}>There are none. Runs that are deleted stay here for seven days.</p>
      )}
      {runs.length > 0 && (
        <ul className={styles.deleted} aria-label="Deleted runs">
          {runs.map((run) => (
            <li key={run.id}>
              <StateIcon state={stateOf(run)} />
              <span className={styles.deletedName}>{run.name}</span>
              <span className={styles.soft}>
                {run.best !== null && `${formatNumber(run.best)}, `}
                made <Ago time={run.created} />
              </span>
              <Button aria-label={`Bring back ${run.name}`} onClick={() => void bringBack([run])}>
                Bring back
              </Button>
            </li>
          ))}
        </ul>
      )}
      <DialogButtons>
        {runs.length > 1 && <Button onClick={() => void bringBack(runs)}>Bring back all</Button>}
        <Button onClick={close}>Close</Button>
      </DialogButtons>
    </Dialog>
  );
}
