/** Charts that programs define for their tables (`plot.line`, `plot.roc_curve`, ...), as charts of this page. Pure. */
import type { LoggedChart } from "../../../api/types";
import { isRecord } from "./mediaValues";
import type { ChartChoice, ChartKind } from "./tableChart";

export interface Preset {
  /** null: it is none that this page can draw. */
  choice: ChartChoice | null;
  /** The chart's own name: `wandb/line/v0`. */
  name: string;
  title: string;
  /** What an axis is called in place of its column. */
  titles: ReadonlyMap<string, string>;
}

interface Drawing {
  kind: ChartKind;
  /** What a definition calls its columns; a table that is not told of has columns of these names. */
  x: string;
  y?: string;
  color?: string;
  xTitle?: string;
  yTitle?: string;
}

/** By name, without owner and version. */
const DRAWINGS: ReadonlyMap<string, Drawing> = new Map(
  Object.entries<Drawing>({
    line: { kind: "line", x: "x", y: "y", color: "stroke" },
    scatter: { kind: "scatter", x: "x", y: "y" },
    bar: { kind: "bars", x: "label", y: "value" },
    histogram: { kind: "histogram", x: "value" },
    lineseries: { kind: "line", x: "step", y: "lineVal", color: "lineKey", xTitle: "xname" },
    "area-under-curve": {
      kind: "line",
      x: "x",
      y: "y",
      color: "class",
      xTitle: "x-axis-title",
      yTitle: "y-axis-title",
    },
    confusion_matrix: { kind: "matrix", x: "Predicted", y: "Actual", color: "nPredictions" },
  }),
);

/** Columns whose names only a program could love, in words. */
const IN_WORDS: readonly [string, string][] = [
  ["lineVal", "Value"],
  ["nPredictions", "Number of predictions"],
];

export function presetOf({ name, fields, texts }: LoggedChart): Preset {
  const drawing = DRAWINGS.get(/^wandb\/([^/]+)\/v\d+$/.exec(name)?.[1] ?? "");
  const title = texts.title ?? "";
  if (drawing === undefined) return { choice: null, name, title, titles: new Map() };
  const column = (part: string | undefined) => (part === undefined ? "" : (fields[part] ?? part));
  const { kind } = drawing;
  const [x, y, color] = [column(drawing.x), column(drawing.y), column(drawing.color)];
  const told = [
    [x, texts[drawing.xTitle ?? ""]],
    [y, texts[drawing.yTitle ?? ""]],
  ].filter((pair): pair is [string, string] => Boolean(pair[1]));
  const called = IN_WORDS.filter(([name]) => name === y || name === color);
  return {
    choice: { shows: "chart", kind, x, y, color },
    name,
    title,
    titles: new Map([...called, ...told]),
  };
}

/** The chart of a logged table: of its own description, or else as the run tells of it under the table's key. */
export function presetFor(
  value: unknown,
  key: string,
  charts: Readonly<Record<string, LoggedChart>>,
): Preset | null {
  const own = isRecord(value) && isRecord(value.chart) ? value.chart : null;
  // Keys are the program's: `constructor` is one like any other.
  if (own === null) return Object.hasOwn(charts, key) ? presetOf(charts[key] as LoggedChart) : null;
  return presetOf({ name: String(own.name), fields: texts(own.fields), texts: texts(own.texts) });
}

const texts = (told: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isRecord(told) ? told : {}).filter(
      (pair): pair is [string, string] => typeof pair[1] === "string",
    ),
  );
