/** The rows of a comparison. Pure. */
import type { Run } from "../../api/types";
import { noFormula } from "../../lib/csv";
import { formatDuration, formatParam, formatTime } from "../../lib/format";
import { plainText } from "../../lib/plainLine";
import type { Field } from "../../view/fields";

export interface CompareRow {
  /** Rows of a kind stand together under it. */
  part: string;
  name: string;
  /** One for each column. */
  cells: readonly string[];
  differs: boolean;
}

export function compareRow(part: string, name: string, cells: readonly string[]): CompareRow {
  return { part, name, cells, differs: cells.some((cell) => cell !== cells[0]) };
}

const DIGITS = 8;

function cellOf({ id, kind }: Field, value: unknown): string {
  if (typeof value === "string" && id === "notes") return plainText(value);
  if (typeof value === "number" && kind === "time") return formatTime(value);
  if (typeof value === "number" && kind === "duration") return formatDuration(value);
  // What a run was given as a list looks like one: [128] is not 128.
  return id === "tags" && Array.isArray(value) ? value.join(", ") : formatParam(value, DIGITS);
}

/** All that is known of the runs; what none of them has is left out. */
export function runRows(runs: readonly Run[], fields: readonly Field[]): CompareRow[] {
  return fields
    .filter(({ id }) => id !== "name")
    .map((field) => ({ field, values: runs.map((run) => field.read(run)) }))
    .filter(({ values }) => values.some((value) => value !== undefined && value !== null))
    .map(({ field, values }) =>
      compareRow(
        field.part,
        field.label,
        values.map((value) => cellOf(field, value)),
      ),
    );
}

export const chosenRows = (
  rows: readonly CompareRow[],
  onlyDifferences: boolean,
  pattern: RegExp | null,
): CompareRow[] =>
  rows.filter(
    ({ name, differs }) => (!onlyDifferences || differs) && (pattern === null || pattern.test(name)),
  );

const NUMBER = /^−?[\d,]+(\.\d+)?(e−?\d+)?$/;

/** Numbers with the minus that spreadsheets know, everything else on one line and as text. */
const pasted = (cell: string): string =>
  NUMBER.test(cell) ? cell.replaceAll("−", "-") : noFormula(cell.replace(/[\t\r\n]+/g, " "));

/** For the clipboard: spreadsheets take it as a table. */
export const asText = (names: readonly string[], rows: readonly CompareRow[]): string =>
  [["", ...names], ...rows.map(({ name, cells }) => [name, ...cells])]
    .map((cells) => cells.map(pasted).join("\t"))
    .join("\n");
