import { useCallback } from "react";
import type { Run } from "../../api/types";
import { fieldText } from "../../view/fields";
import { type Hover, useHover } from "../../view/hover";
import { CanvasLayer, type Draw } from "../CanvasLayer";
import { Tooltip } from "../Tooltip";
import { drawProminent } from "./draw";
import type { Column, Geometry } from "./lines";

interface Props {
  hover: Hover;
  runs: readonly Run[];
  columns: readonly Column[];
  geometry: Geometry;
  width: number;
  height: number;
}

function useHovered(hover: Hover, runs: readonly Run[]): number {
  const id = useHover(hover);
  return id === null ? -1 : runs.findIndex((run) => run.id === id);
}

/** The run under the cursor, here or in another panel. */
export function HoveredLine({ hover, runs, columns, geometry, width, height }: Props) {
  const index = useHovered(hover, runs);
  const draw = useCallback<Draw>(
    (ctx, colors) => {
      if (index >= 0) drawProminent(ctx, columns, geometry, index, colors.best, colors.surface);
    },
    [index, columns, geometry],
  );
  return <CanvasLayer width={width} height={height} draw={draw} />;
}

interface TipProps {
  hover: Hover;
  runs: readonly Run[];
  columns: readonly Column[];
  /** In pixels of the visible part. */
  left: number;
  top: number;
  width: number;
}

export function HoverTip({ hover, runs, columns, ...place }: TipProps) {
  const run = runs[useHovered(hover, runs)];
  if (run === undefined) return null;
  const lines = columns.map(({ title, field }): [string, string] => [title, fieldText(field, run)]);
  return <Tooltip {...place} title={run.name} lines={lines} />;
}
