/** The tables that several runs have logged under one key, as one chart. Pure. */
import { formatValue } from "../../lib/format";
import {
  binned,
  type Chart,
  type ChartKind,
  MOST_ROWS,
  type Picture,
  pictureOf,
} from "../run/media/tableChart";
import type { TableFile } from "../run/media/tableFile";

/** So many runs share a chart; more colours could not be told apart. */
export const MOST_RUNS = 10;
/** So many parts of each run (classes, keys) are drawn. */
const MOST_PARTS = 8;
const MOST_SERIES = MOST_RUNS * MOST_PARTS;

export interface RunTable {
  run: { id: string; name: string };
  table: TableFile;
}

/** Which series of the picture is whose. */
export interface Overlaid {
  picture: Picture;
  /** What is drawn: histograms become lines, for bars would hide each other. */
  kind: ChartKind;
  x: string;
  y: string;
  series: { run: string; part: number }[];
  /** What each run's own series are called, where it has several. */
  parts: string[];
}

const SERIES = "\u0000series";

/** Lines, points or bars of all runs. `chart` is no matrix: those stand beside each other. */
export function overlaid(tables: readonly RunTable[], chart: Chart): Overlaid {
  const isHistogram = chart.kind === "histogram";
  const [x, y] = isHistogram ? [chart.x, "Count"] : [chart.x, chart.y];
  const parts: string[] = [];
  const share = Math.floor(MOST_ROWS / Math.max(1, tables.length));
  const edges = isHistogram ? rangeOf(tables, chart.x) : undefined;
  const data = tables.flatMap(({ table }, i) => {
    const rows = isHistogram ? outline(table, chart.x, edges) : cellsOf(table, chart).slice(0, share);
    return rows.map(([x, y, part]) => {
      if (!parts.includes(part)) parts.push(part);
      return [x, y, `${i} ${parts.indexOf(part)}`];
    });
  });
  const read = (name: string): [run: number, part: number] => name.split(" ").map(Number) as [number, number];
  const spoken = (name: string): string => {
    const [run, part] = read(name);
    return [tables[run]?.run.name, parts[part]].filter(Boolean).join(", ");
  };
  const kind = isHistogram ? "line" : chart.kind;
  const table = { columns: [x, x === y ? `${y} ` : y, SERIES], data };
  const drawn = { kind, x, y: table.columns[1] as string, color: SERIES };
  const picture = pictureOf(table, drawn, { most: MOST_SERIES + 1, spoken });
  const series = picture.series.map(({ name }) => {
    const [run, part] = read(name);
    return { run: tables[run]?.run.id ?? "", part };
  });
  return { picture, kind, x, y, series, parts };
}

type Cell = [x: unknown, y: unknown, part: string];

function cellsOf(table: TableFile, chart: Chart): Cell[] {
  const [x, y, color] = [chart.x, chart.y, chart.color].map((name) => table.columns.indexOf(name)) as [
    number,
    number,
    number,
  ];
  if (x < 0 || y < 0) return [];
  const known = new Set<string>();
  return table.data.flatMap((row): Cell[] => {
    const part = color < 0 ? "" : formatValue(row[color]);
    if (known.size < MOST_PARTS) known.add(part);
    return known.has(part) ? [[row[x], row[y], part]] : [];
  });
}

/** The least and the largest number that any of the tables has in the column. */
function rangeOf(tables: readonly RunTable[], column: string): readonly [number, number] | undefined {
  const bins = tables.flatMap(({ table }) => binned(table, column)?.bins ?? []);
  return bins.length === 0 ? undefined : [Math.min(...bins), Math.max(...bins)];
}

/** The upper edge of a histogram's bars. */
function outline(table: TableFile, column: string, range: readonly [number, number] | undefined): Cell[] {
  const histogram = binned(table, column, range);
  if (histogram === null) return [];
  const { values, bins } = histogram;
  const tops = values.flatMap((count, i): Cell[] => [
    [bins[i], count, ""],
    [bins[i + 1], count, ""],
  ]);
  return [[bins[0], 0, ""], ...tops, [bins.at(-1), 0, ""]];
}
