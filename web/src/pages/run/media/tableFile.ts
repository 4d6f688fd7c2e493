/** The JSON that a logged table is kept as: `{"columns": [...], "data": [row, ...]}`. */
import { compareValues } from "../../../lib/compare";
import { formatValue, toNumber } from "../../../lib/format";
import { isFile, isImage } from "./mediaValues";

export interface TableFile {
  columns: string[];
  data: unknown[][];
}

export interface TableColumn {
  name: string;
  /** Right-aligned. */
  number: boolean;
  image: boolean;
  width: number;
}

/** Throws an Error in words when the bytes are no table. */
export function parseTable(bytes: Uint8Array): TableFile {
  let parsed: unknown;
  try {
    parsed = parseJson(new TextDecoder().decode(bytes));
  } catch {
    throw new Error("The table's file cannot be read.");
  }
  const { columns, data } = (parsed ?? {}) as Partial<TableFile>;
  if (!Array.isArray(columns) || !Array.isArray(data)) throw new Error("The table's file holds no table.");
  return { columns: columns.map(String), data: data.map((row) => (Array.isArray(row) ? row : [row])) };
}

const STRING_OR_NON_FINITE = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\bInfinity\b|\bNaN\b/g;

/** Python writes NaN and the infinities as bare words, which are no JSON: they become texts, as the server sends them. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(
      text.replace(STRING_OR_NON_FINITE, (found) => (found.startsWith('"') ? found : `"${found}"`)),
    );
  }
}

const SAMPLE = 100;
const CHARACTER = 7.6;

/** Kind and width of each column, from its first rows. */
export function tableColumns({ columns, data }: TableFile): TableColumn[] {
  return columns.map((name, i) => {
    const cells = data
      .slice(0, SAMPLE)
      .map((row) => row[i])
      .filter((cell) => cell !== null && cell !== undefined);
    const image = cells.some((cell) => isFile(cell) && isImage(cell));
    const media = cells.some((cell) => typeof cell === "object");
    const longest = media ? 14 : Math.max(0, ...cells.map((cell) => formatValue(cell).length));
    return {
      name,
      image,
      number: cells.length > 0 && cells.every((cell) => toNumber(cell) !== null),
      width: Math.round(Math.min(360, Math.max(72, name.length * CHARACTER + 44, longest * CHARACTER + 28))),
    };
  });
}

export interface Order {
  column: number;
  descending: boolean;
}

/** Positions of the rows in the wanted order; missing cells last whichever way. */
export function orderRows(data: readonly unknown[][], order: Order | null): number[] {
  const positions = data.map((_, i) => i);
  if (order === null) return positions;
  const cell = (i: number) => data[i]?.[order.column] ?? undefined;
  return positions.sort((a, b) => {
    const [x, y] = [cell(a), cell(b)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return order.descending ? compareValues(y, x) : compareValues(x, y);
  });
}
