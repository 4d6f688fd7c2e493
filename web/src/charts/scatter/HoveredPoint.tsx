import { useCallback } from "react";
import type { Run } from "../../api/types";
import { type Field, fieldText } from "../../view/fields";
import { type Hover, useHover } from "../../view/hover";
import { CanvasLayer, type Draw } from "../CanvasLayer";
import { Tooltip } from "../Tooltip";
import { drawRings } from "./draw";
import { at, type Frame, type Points } from "./points";

interface Props {
  hover: Hover;
  runs: readonly Run[];
  points: Points;
  frame: Frame;
  width: number;
  height: number;
  /** null: no words, because the cursor is elsewhere. */
  tips: readonly Field[] | null;
}

/** The run under the cursor, here or in another panel. */
export function HoveredPoint({ hover, runs, points, frame, width, height, tips }: Props) {
  const id = useHover(hover);
  const index = id === null ? -1 : runs.findIndex((run) => run.id === id);
  const run = runs[index];
  const draw = useCallback<Draw>(
    (ctx, colors) => {
      if (index < 0) return;
      drawRings(ctx, points, frame, [index], colors.text, colors.best, 5);
    },
    [index, points, frame],
  );
  if (run === undefined) return null;
  const [left, top] = at(points, frame, index);
  return (
    <>
      <CanvasLayer width={width} height={height} draw={draw} />
      {tips !== null && (
        <Tooltip
          left={left}
          top={top}
          width={width}
          title={run.name}
          lines={tips.map((field) => [field.label, fieldText(field, run)])}
        />
      )}
    </>
  );
}
