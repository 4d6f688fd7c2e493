import type { Range } from "../../view/conditions";
import { useRunView, useUnderHand } from "../../view/RunView";
import { AxisBrush } from "./AxisBrush";
import { AxisMenu } from "./AxisMenu";
import { AxisTitle } from "./AxisTitle";
import type { Column, Geometry } from "./lines";
import styles from "./Parallel.module.css";
import type { AxisSettings } from "./settings";

interface Props {
  column: Column;
  /** Where it stands. */
  left: number;
  geometry: Geometry;
  titleWidth: number;
  /** The one axis that the Tab key reaches. */
  stop: boolean;
  onFocus: () => void;
  onArrow: (key: string, shift: boolean) => void;
  /** Its title was dropped this far from the left. */
  onDrop: (left: number) => void;
  change: (settings: AxisSettings) => void;
  /** To the neighbours' places, where there are any. */
  move: { left: (() => void) | undefined; right: (() => void) | undefined };
}

/** What one can take hold of on an axis: its title and menu, its range, and the runs without a value. */
export function ParallelAxis({ column, left, geometry, titleWidth, change, move, ...title }: Props) {
  const { setBrush } = useRunView();
  const { brush } = useUnderHand();
  const { id } = column.field;
  const range = brush.get(id);
  const set = (range: Range | null) => setBrush(id, range);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's
    <div role="group" aria-label={`Axis ${column.title}`}>
      <AxisTitle title={column.title} left={left} width={titleWidth} {...title}>
        <AxisMenu {...{ column, range, set, change, move }} />
      </AxisTitle>
      <AxisBrush {...{ column, left, range, set }} top={geometry.top} height={geometry.foot - geometry.top} />
      {column.missing.length > 0 && <MissingMark {...{ column, left, range, set }} top={geometry.gap} />}
    </div>
  );
}

interface MissingProps {
  column: Column;
  left: number;
  top: number;
  range: Range | undefined;
  set: (range: { among: readonly string[] } | null) => void;
}

/** Where lines pass that have no value on this axis; pressed, only those are meant. */
function MissingMark({ column: { title, missing }, left, top, range, set }: MissingProps) {
  const pressed =
    range !== undefined && "among" in range && range.among.some((text) => missing.includes(text));
  return (
    <button
      type="button"
      className={styles.missing}
      style={{ left, top }}
      aria-pressed={pressed}
      onPointerDown={(event) => event.stopPropagation()}
      aria-label={`none: only runs without a value of ${title}`}
      onClick={() => set(pressed ? null : { among: missing })}
    >
      none
    </button>
  );
}
