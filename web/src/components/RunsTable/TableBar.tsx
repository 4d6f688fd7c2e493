import { Suspense, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { SHARED } from "../../api/base";
import type { Run } from "../../api/types";
import { comparePath, MOST_COMPARED, newSweepPath } from "../../app/routes";
import { formatCount, plural } from "../../lib/format";
import { lazy } from "../../lib/lazy";
import { useMayWrite } from "../../view/MayWrite";
import { useRunView } from "../../view/RunView";
import { Button } from "../Button";
import { Menu } from "../Menu";
import { isUnfinished, mayRunAgain } from "../RunTasks/possible";
import { ScrollSigns } from "../ScrollSigns";
import { DotsIcon, SideIcon } from "../signs";
import { ColorKey } from "./ColorKey";
import { ColumnManager } from "./ColumnManager";
import { ExportMenu } from "./ExportMenu";
import styles from "./TableBar.module.css";
import type { Columns } from "./useColumns";
import type { RunTasks } from "./useRunTasks";

const DeletedRuns = lazy(() => import("../RunTasks/DeletedRuns"));

interface Props {
  /** In the order of the table. */
  runs: readonly Run[];
  /** Whose runs these are; without one all of the project. */
  sweep?: string;
  columns: Columns;
  tasks: RunTasks;
  tickAll: (runs: readonly Run[], on: boolean) => void;
  /** How many of the ticked ones the table lists. */
  tickedShown: number;
  /** As the table has it. */
  side?: boolean;
  setSide?: (side: boolean) => void;
}

/** Above the table: what can be done with the ticked runs, or with the table itself. Its height never changes. */
export function TableBar({ runs, sweep, columns, tasks, tickAll, tickedShown, side, setSide }: Props) {
  const { all, selected, place } = useRunView();
  const mayWrite = useMayWrite();
  const [deleted, setDeleted] = useState(false);
  const ticked = useMemo(
    () => (selected.size === 0 ? [] : all.filter(({ id }) => selected.has(id))),
    [all, selected],
  );
  const [entity = "", project = ""] = place.split("/");
  const path = { entity, project };
  return (
    <div className={styles.bar}>
      {ticked.length > 0 ? (
        <Bulk
          runs={ticked}
          outOfSight={ticked.length - tickedShown}
          tasks={tasks}
          clear={() => tickAll(ticked, false)}
        />
      ) : (
        <>
          <h2>Runs</h2>
          <ColorKey />
        </>
      )}
      <div className={styles.tools}>
        <ColumnManager columns={columns} />
        <ExportMenu runs={runs} sweep={sweep} columns={columns} />
        {side !== undefined && (
          <Button
            look="ghost"
            className={styles.side}
            aria-label="Runs at the left of the charts"
            aria-pressed={side}
            title={side ? "Put the runs below the charts" : "Put the runs at the left of the charts"}
            onClick={() => setSide?.(!side)}
          >
            <SideIcon />
          </Button>
        )}
        {mayWrite && (
          <Menu
            label="More about the runs"
            name={<DotsIcon />}
            items={() => [{ name: "Deleted runs…", act: () => setDeleted(true) }]}
          />
        )}
      </div>
      <Suspense>
        {deleted && <DeletedRuns path={path} sweep={sweep} close={() => setDeleted(false)} />}
      </Suspense>
    </div>
  );
}

/** Addresses of this length pass every browser and proxy. */
const MOST_IN_ADDRESS = 100;
/** From so many a sweep can learn, as the server allows. */
const MOST_PRIOR = 10_000;

interface BulkProps {
  runs: readonly Run[];
  /** How many of them a search, a filter or a range hides: what is done is done with them, too. */
  outOfSight: number;
  tasks: RunTasks;
  clear: () => void;
}

function Bulk({ runs, outOfSight, tasks, clear }: BulkProps) {
  const mayWrite = useMayWrite();
  const [first] = runs;
  const ids = runs.map(({ id }) => id);
  const isShort = ids.length <= MOST_IN_ADDRESS;
  const scroller = useRef<HTMLDivElement>(null);
  return (
    <div className={styles.around}>
      <div ref={scroller} className={styles.scroller}>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's */}
        <div className={styles.bulk} role="group" aria-label="Selected runs">
          <span className={styles.count} role="status">
            {plural(runs.length, "run")} selected
            {outOfSight > 0 && `, ${formatCount(outOfSight)} not shown`}
          </span>
          {mayWrite && (
            <>
              <Button onClick={() => tasks.start("tags", runs)}>Tags</Button>
              {runs.some(mayRunAgain) && (
                <Button onClick={() => tasks.start("again", runs)}>Run again</Button>
              )}
              <Button disabled={!runs.some(isUnfinished)} onClick={() => tasks.start("stop", runs)}>
                Stop
              </Button>
              {runs.some(({ sweep_id }) => sweep_id === null) && (
                <Button onClick={() => tasks.start("move", runs)}>Move</Button>
              )}
              <Button onClick={() => tasks.start("delete", runs)}>Delete</Button>
            </>
          )}
          {SHARED === null && first !== undefined && runs.length > 1 && runs.length <= MOST_COMPARED && (
            <Link className={styles.link} href={comparePath(first, ids)}>
              Compare
            </Link>
          )}
          {mayWrite &&
            first !== undefined &&
            (runs.length > MOST_PRIOR ? (
              <span className={styles.soft}>Create sweep: from {formatCount(MOST_PRIOR)} runs at most</span>
            ) : (
              <Link
                className={styles.link}
                href={newSweepPath(first, isShort ? ids : [])}
                state={isShort ? null : { runs: ids }}
              >
                Create sweep
              </Link>
            ))}
          <Button look="ghost" onClick={clear}>
            Clear
          </Button>
        </div>
      </div>
      <div className={styles.signs}>
        <ScrollSigns scroller={scroller} what="actions" />
      </div>
    </div>
  );
}
