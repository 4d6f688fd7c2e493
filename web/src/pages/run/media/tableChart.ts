/** A logged table as a chart: which columns it shows, and what becomes of its rows. Pure. */
import { type Scale, scaleOf } from "../../../charts/scale";
import { formatValue, toNumber } from "../../../lib/format";
import { type HistogramValue, isFile } from "./mediaValues";
import { type TableFile, tableColumns } from "./tableFile";

export const CHARTS = ["line", "scatter", "bars", "histogram", "matrix"] as const;
export type ChartKind = (typeof CHARTS)[number];

/** What somebody has chosen; an empty text, or a column that this table lacks: as usual. */
export interface ChartChoice {
  shows: string;
  kind: string;
  x: string;
  y: string;
  color: string;
}

export const AS_TABLE: ChartChoice = { shows: "table", kind: "", x: "", y: "", color: "" };

export interface Chart {
  kind: ChartKind;
  x: string;
  y: string;
  /** Whose values are told apart by colour, empty: none; of a matrix the number that stands in its cells. */
  color: string;
}

/** Columns that a chart can show, and those of them that hold numbers. */
export function chartColumns(table: TableFile): { all: string[]; numbers: string[] } {
  const columns = tableColumns(table);
  const plain = columns.filter((_, i) =>
    table.data.every((row) => !isFile(row[i]) && (typeof row[i] !== "object" || row[i] === null)),
  );
  return {
    all: plain.map(({ name }) => name),
    numbers: plain.filter(({ number }) => number).map(({ name }) => name),
  };
}

/** The chart that a choice means for this table; null where no column has numbers. */
export function chartOf(table: TableFile, choice: ChartChoice): Chart | null {
  const { all, numbers } = chartColumns(table);
  if (numbers.length === 0) return null;
  const kind = CHARTS.find((one) => one === choice.kind) ?? (numbers.length > 1 ? "line" : "histogram");
  if (kind === "matrix") {
    const color = numbers.includes(choice.color) ? choice.color : (numbers.at(-1) as string);
    const sides = all.filter((name) => name !== color);
    const x = sides.includes(choice.x) ? choice.x : (sides[0] ?? color);
    const y = sides.includes(choice.y) ? choice.y : (sides.find((name) => name !== x) ?? x);
    return { kind, x, y, color };
  }
  const xs = kind === "bars" ? all : numbers;
  const usualX = kind === "bars" ? all.find((name) => !numbers.includes(name)) : undefined;
  const x = xs.includes(choice.x) ? choice.x : (usualX ?? (xs[0] as string));
  const y = numbers.includes(choice.y) ? choice.y : (numbers.find((name) => name !== x) ?? x);
  return { kind, x, y, color: all.includes(choice.color) ? choice.color : "" };
}

/** The column that keeps this table from being drawn as its program wants it; null where nothing does. */
export function unfit(table: TableFile, choice: ChartChoice): string | null {
  if (table.data.length === 0) return null;
  const { kind, x, y, color } = choice;
  const chart = chartOf(table, choice);
  if (chart?.x !== x) return x;
  if (kind !== "histogram" && chart.y !== y) return y;
  return kind === "matrix" && chart.color !== color ? color : null;
}

/** More rows than these are not drawn. */
export const MOST_ROWS = 20_000;
/** As many colours can be told apart; what is beyond is one series, the last. */
export const MOST_SERIES = 8;

export interface Point {
  x: number;
  y: number;
  /** In words: what stands in the cells. */
  words: string;
}

export interface Series {
  name: string;
  points: Point[];
}

export interface Picture {
  series: Series[];
  x: Scale;
  y: Scale;
  /** Of bars: how wide each is, as a share of the axis. */
  bar: number;
}

interface Naming {
  /** More series than these are joined in the last. */
  most?: number;
  /** What a series is called where a point is told of. */
  spoken?: (series: string) => string;
}

/** Points, or the middles of the tops of bars, in places from 0 to 1. */
export function pictureOf(
  table: TableFile,
  chart: Chart,
  { most = MOST_SERIES, spoken = (series) => series }: Naming = {},
): Picture {
  const at = (name: string) => table.columns.indexOf(name);
  const [x, y, color] = [at(chart.x), at(chart.y), at(chart.color)];
  const cells = table.data.slice(0, MOST_ROWS).flatMap((row) => {
    const value = toNumber(row[y]);
    return value === null || !Number.isFinite(value) || row[x] == null
      ? []
      : [{ x: row[x], y: value, series: color < 0 ? "" : formatValue(row[color]) }];
  });
  const all = [...new Set(cells.map(({ series }) => series))];
  // Words keep the order in which they occur, as on the sides of a matrix.
  if (table.data.every((row) => row[color] == null || toNumber(row[color]) !== null))
    all.sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const kept = new Set(all.length > most ? all.slice(0, most - 1) : all);
  const others = chart.kind === "scatter" ? "all others" : "mean of all others";
  const names = kept.size < all.length ? [...kept, others] : all;
  const rest = cells.filter(({ series }) => !kept.has(series));
  const own = kept.size < all.length ? cells.filter(({ series }) => kept.has(series)) : cells;
  // One line through the rows of several would be nobody's, and so would be bars upon each other.
  const joined = chart.kind === "scatter" ? rest : means(rest.map((cell) => ({ ...cell, series: others })));
  const rows = [...(chart.kind === "bars" ? means(own) : own), ...joined];
  const isNumber = chart.kind !== "bars";
  const xScale = scaleOf(
    isNumber ? "number" : "category",
    rows.map((row) => row.x),
    { air: isNumber ? 0.02 : 0 },
  );
  const ys = rows.map((row) => row.y);
  const yScale = scaleOf("number", chart.kind === "bars" ? [0, ...ys] : ys, { air: 0.04 });
  const series = names.map((name): Series => ({ name, points: [] }));
  const places = new Map(names.map((name, i) => [name, i]));
  for (const row of rows) {
    const place = xScale.place(row.x);
    if (place === null) continue;
    const mine = series[places.get(row.series) ?? names.length - 1] as Series;
    const words = [
      spoken(row.series),
      `${chart.x} ${formatValue(row.x)}`,
      `${chart.y} ${formatValue(row.y)}`,
    ];
    mine.points.push({
      x: place,
      y: yScale.place(row.y) ?? 0,
      words: words.filter((word) => word !== "").join(", "),
    });
  }
  if (chart.kind === "line") for (const { points } of series) points.sort((a, b) => a.x - b.x);
  const bar = 0.8 / Math.max(1, xScale.categories?.length ?? 1);
  return { series, x: xScale, y: yScale, bar };
}

interface Cell {
  x: unknown;
  y: number;
  series: string;
}

/** One for each value of x and each series. */
function means(cells: readonly Cell[]): Cell[] {
  const sums = new Map<string, Cell & { count: number }>();
  for (const cell of cells) {
    const key = JSON.stringify([formatValue(cell.x), cell.series]);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { ...cell, count: 1 });
    else {
      sum.y += cell.y;
      sum.count += 1;
    }
  }
  return [...sums.values()].map(({ x, y, series, count }) => ({ x, y: y / count, series }));
}

/** A side of a matrix has at most so many values; the first that occur. */
const MOST_CELLS = 60;

export interface Matrix {
  rows: string[];
  columns: string[];
  /** By row and column; the sum, where several rows of the table are about one cell. */
  cells: (number | null)[][];
  /** How many values of its sides are left out. */
  left: number;
}

/** The sides keep the order in which their values occur. */
export function matrixOf(table: TableFile, chart: Chart): Matrix {
  const [x, y, value] = [chart.x, chart.y, chart.color].map((name) => table.columns.indexOf(name)) as [
    number,
    number,
    number,
  ];
  const side = (at: number) =>
    new Map([...new Set(table.data.map((row) => formatValue(row[at])))].map((name, i) => [name, i]));
  const [columns, rows] = [side(x), side(y)];
  const [width, height] = [Math.min(MOST_CELLS, columns.size), Math.min(MOST_CELLS, rows.size)];
  const cells = Array.from({ length: height }, () => new Array<number | null>(width).fill(null));
  for (const row of table.data) {
    const mine = cells[rows.get(formatValue(row[y])) as number];
    const at = columns.get(formatValue(row[x])) as number;
    const number = toNumber(row[value]);
    if (mine !== undefined && at < width && number !== null) mine[at] = (mine[at] ?? 0) + number;
  }
  return {
    rows: [...rows.keys()].slice(0, height),
    columns: [...columns.keys()].slice(0, width),
    cells,
    left: columns.size - width + rows.size - height,
  };
}

/** How strong the colour of each cell is, from 0 to 1 of the largest number there is. */
export function sharesOf({ cells }: Pick<Matrix, "cells">): number[][] {
  const sizes = cells.map((row) =>
    row.map((value) => (Number.isFinite(value) ? Math.abs(value as number) : 0)),
  );
  const most = Math.max(0, ...sizes.flat());
  return sizes.map((row) => row.map((size) => (most === 0 ? 0 : size / most)));
}

const BINS = 30;

/** How often the numbers of a column lie where, in a range, else between the least and the largest; null where it has none. */
export function binned(
  table: TableFile,
  column: string,
  range?: readonly [low: number, high: number],
): HistogramValue | null {
  const at = table.columns.indexOf(column);
  const numbers = table.data
    .map((row) => toNumber(row[at]))
    .filter((one) => one !== null && Number.isFinite(one));
  if (numbers.length === 0) return null;
  let [low, high] = range ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of numbers as number[]) [low, high] = [Math.min(low, number), Math.max(high, number)];
  const width = (high - low) / BINS || 1;
  const values = new Array<number>(BINS).fill(0);
  for (const number of numbers as number[]) {
    const bin = Math.min(BINS - 1, Math.floor((number - low) / width));
    values[bin] = (values[bin] as number) + 1;
  }
  return { _type: "histogram", values, bins: Array.from({ length: BINS + 1 }, (_, i) => low + i * width) };
}
