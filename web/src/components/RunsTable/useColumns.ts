import { useMemo } from "react";
import { formatValue } from "../../lib/format";
import type { Field } from "../../view/fields";
import { useKept } from "../../view/kept";
import { useRunView } from "../../view/RunView";
import {
  AS_USUAL,
  arrange,
  type Column,
  type ColumnChoice,
  columnDigits,
  columnWidth,
  moved,
  type Room,
  widthIn,
} from "./columns";

export interface Columns {
  /** All of them, shown or not. */
  all: readonly Column[];
  shown: readonly Column[];
  /** Whether anything is not as usual. */
  changed: boolean;
  show: (ids: readonly string[], shown: boolean) => void;
  pin: (id: string, pinned: boolean) => void;
  /** Puts a column before another one, or to the end. */
  move: (id: string, target: string | null) => void;
  reset: () => void;
}

const SAMPLE = 100;

/**
 * The columns of the table as the reader has chosen them, kept for the project.
 * `hidden`: ids that have nothing to tell here. `notes`: what names of columns do not say, by id.
 */
export function useColumns(
  hidden: readonly string[],
  notes: ReadonlyMap<string, string>,
  room: Room,
): Columns {
  const { fields, all: runs, metric, place, group } = useRunView();
  const [choice, setChoice] = useKept<ColumnChoice>(place, "columns", AS_USUAL);
  const known = Math.min(runs.length, 2);
  const metricName = metric?.name;
  const hiddenKey = hidden.join("\n");
  const fieldsKey = useMemo(
    () => fields.map(({ id, kind, label }) => `${id} ${kind} ${label}`).join("\n"),
    [fields],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured on the first runs, then it stays: no column may jump
  const measured = useMemo(() => {
    const sample = runs.slice(0, SAMPLE);
    const same = ({ part, read }: Field) =>
      part === "Configuration" &&
      sample.length > 1 &&
      new Set(sample.map((run) => formatValue(read(run)))).size === 1;
    const params = fields.filter(({ part }) => part === "Parameter").map(({ label }) => `summary:${label}`);
    const said = new Set([`summary:${metricName}`, ...params]);
    const dull = fields
      .filter((field) => said.has(field.id) || /^(summary|config):_/.test(field.id) || same(field))
      .map(({ id }) => id);
    if (sample.every((run) => run.tags.length === 0)) dull.push("tags");
    if (new Set(sample.flatMap((run) => run.creator ?? [])).size < 2) dull.push("creator");
    return {
      widths: new Map(fields.map((field) => [field.id, columnWidth(field, sample)])),
      dull: new Set([...dull, ...hiddenKey.split("\n")]),
    };
  }, [fieldsKey, known, metricName, hiddenKey]);
  // A text, so that columns stay the same while runs come in that need no more digits.
  const digitsKey = useMemo(() => fields.map((field) => columnDigits(field, runs)).join(" "), [fields, runs]);
  const grouped = group.length > 0;
  const all = useMemo(() => {
    const width = (field: Field) => widthIn(room, field, measured.widths.get(field.id) ?? 0, grouped);
    const digits = new Map(digitsKey.split(" ").map((count, i) => [fields[i]?.id, Number(count)]));
    return arrange(fields, choice, measured.dull, width, notes, ({ id }) => digits.get(id) ?? 1);
  }, [fields, choice, measured, notes, room, grouped, digitsKey]);
  return useMemo(
    () => ({
      all,
      shown: all.filter(({ shown }) => shown),
      changed: choice !== AS_USUAL,
      show: (ids, shown) =>
        setChoice({
          ...choice,
          shown: { ...choice.shown, ...Object.fromEntries(ids.map((id) => [id, shown])) },
        }),
      pin: (id, pinned) =>
        setChoice({
          ...choice,
          shown: pinned ? { ...choice.shown, [id]: true } : choice.shown,
          pinned: [...choice.pinned.filter((other) => other !== id), ...(pinned ? [id] : [])],
        }),
      move: (id, target) => setChoice({ ...choice, order: moved(all, id, target) }),
      reset: () => setChoice(undefined),
    }),
    [all, choice, setChoice],
  );
}
