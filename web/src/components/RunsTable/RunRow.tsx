import { type CSSProperties, memo, useState } from "react";
import { Link } from "wouter";
import type { MetricGoal, Run } from "../../api/types";
import { runPath } from "../../app/routes";
import { type Hover, useHovered } from "../../view/hover";
import { fullName } from "../../view/ownNames";
import { Menu, type MenuItem } from "../Menu";
import { StateIcon, stateOf } from "../StateIcon";
import { DotsIcon, EyeIcon } from "../signs";
import { ColorDot } from "./ColorDot";
import { CellValue, isRight } from "./cells";
import type { Column } from "./columns";
import styles from "./RunsTable.module.css";

/** What a row can ask of the table; the same object for as long as the table lives. */
export interface RowActions {
  /** `through`: all rows since the last tick as well. */
  tick: (id: string, index: number, through: boolean) => void;
  toggleEye: (id: string) => void;
  focus: (index: number) => void;
  /** `looks`: what only changes how it is drawn. */
  menu: (run: Run, looks: readonly MenuItem[]) => (MenuItem | null)[];
}

interface Props {
  run: Run;
  index: number;
  depth: number;
  /** Of the table's address, for the run's page to know its neighbours. */
  words: string;
  columns: readonly Column[];
  metric: MetricGoal | null;
  /** In charts. */
  color: string;
  best: boolean;
  ticked: boolean;
  /** Its eye is closed. */
  closed: boolean;
  /** The one row that the Tab key reaches. */
  current: boolean;
  hover: Hover;
  actions: RowActions;
}

export const pinnedStyle = ({ pinned, left }: Column): CSSProperties | undefined =>
  pinned ? { left } : undefined;

export const cellClass = ({ field, pinned, edge }: Column): string =>
  [isRight(field) && styles.number, pinned && styles.pinned, edge && styles.edge].filter(Boolean).join(" ");

export const RunRow = memo(function RunRow(props: Props) {
  const { run, index, columns, metric, best, hover, actions } = props;
  const lit = useHovered(hover, run.id);
  return (
    <tr
      data-index={index}
      aria-rowindex={index + 2}
      className={`${best ? styles.best : ""} ${lit ? styles.lit : ""} ${props.closed ? styles.closed : ""}`}
      onPointerEnter={() => hover.set(run.id)}
      onPointerLeave={() => hover.set(null)}
      onFocus={() => actions.focus(index)}
    >
      {columns.map((column) => {
        const look = { className: cellClass(column), style: pinnedStyle(column) };
        return column.field.id === "name" ? (
          // Wherever one is in the row, it says whose row it is: by its name alone, not by all that can be pressed in it.
          <th key="name" scope="row" aria-label={run.name} {...look}>
            <NameCell {...props} />
          </th>
        ) : (
          <td key={column.field.id} {...look}>
            <CellValue run={run} column={column} metric={metric} />
          </td>
        );
      })}
    </tr>
  );
});

function NameCell({ run, index, depth, words, color, ticked, closed, current, actions }: Props) {
  const tabIndex = current ? 0 : -1;
  const [coloring, setColoring] = useState(false);
  return (
    <span className={styles.name} style={{ paddingLeft: 16 * depth }}>
      <label className={styles.tick}>
        <input
          type="checkbox"
          data-part="tick"
          aria-label={`Select ${run.name}`}
          tabIndex={tabIndex}
          checked={ticked}
          onChange={() => {}}
          onClick={(event) => actions.tick(run.id, index, event.shiftKey)}
        />
      </label>
      <ColorDot run={run} color={color} tabIndex={tabIndex} open={coloring} setOpen={setColoring} />
      <button
        type="button"
        data-part="eye"
        className={styles.eye}
        aria-label={`Show ${run.name} in charts`}
        aria-pressed={!closed}
        title={closed ? "Not drawn in charts" : "Drawn in charts"}
        tabIndex={tabIndex}
        onClick={() => actions.toggleEye(run.id)}
      >
        <EyeIcon open={!closed} />
      </button>
      <StateIcon state={stateOf(run)} />
      <Link
        href={runPath(run) + words}
        data-part="open"
        tabIndex={tabIndex}
        title={run.reason === "" ? fullName(run) : `${fullName(run)}: ${run.reason}`}
      >
        {run.name}
      </Link>
      <Menu
        label={`Actions of ${run.name}`}
        name={<DotsIcon />}
        className={styles.dots}
        tabIndex={tabIndex}
        items={() =>
          actions.menu(run, [
            { name: "Colour…", act: () => setColoring(true) },
            { name: closed ? "Draw in charts" : "Leave out of charts", act: () => actions.toggleEye(run.id) },
          ])
        }
      />
    </span>
  );
}
