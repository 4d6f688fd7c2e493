import { useId } from "react";
import { formatNumber } from "../lib/format";
import { localIso } from "../lib/iso";
import type { Range } from "../view/conditions";
import type { FieldKind } from "../view/fields";
import styles from "./RangeFields.module.css";

interface Props {
  kind: FieldKind;
  range: Range | undefined;
  set: (range: Range | null) => void;
  /** Of the values there are: said of an end that is left open. */
  ends: readonly [least: number, most: number];
}

/** A range typed as two numbers, or times; an empty field leaves its end open. */
export function RangeFields({ kind, range, set, ends: [least, most] }: Props) {
  const [from, to] = (range !== undefined && "from" in range ? [range.from, range.to] : []).map(given);
  const choose = (low: number | null = null, high: number | null = null) =>
    set(
      low === null && high === null
        ? null
        : { from: low ?? Number.NEGATIVE_INFINITY, to: high ?? Number.POSITIVE_INFINITY },
    );
  return (
    <div className={styles.fields}>
      <End kind={kind} name="From" value={from ?? null} open={least} change={(value) => choose(value, to)} />
      <End kind={kind} name="To" value={to ?? null} open={most} change={(value) => choose(from, value)} />
    </div>
  );
}

/** null: left open. */
const given = (end: number): number | null => (Number.isFinite(end) ? end : null);

interface EndProps {
  kind: FieldKind;
  name: string;
  value: number | null;
  open: number | string;
  change: (value: number | null) => void;
}

/** Takes effect on Enter and when it is left, so that a number half typed filters nothing. */
export function End({ kind, name, value, open, change }: EndProps) {
  const id = useId();
  const take = (text: string) => {
    const number = text.trim() === "" ? null : kind === "time" ? Date.parse(text) / 1000 : Number(text);
    if (number === null || Number.isFinite(number)) change(number);
  };
  const shown = value === null ? "" : kind === "time" ? localIso(value, 19) : String(value);
  return (
    <span className={styles.field}>
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        key={shown}
        type={kind === "time" ? "datetime-local" : "text"}
        step={1}
        inputMode="decimal"
        defaultValue={shown}
        placeholder={kind === "time" ? undefined : typeof open === "number" ? formatNumber(open) : open}
        onBlur={({ target }) => target.value !== shown && take(target.value)}
        onKeyDown={({ key, currentTarget }) => key === "Enter" && take(currentTarget.value)}
      />
    </span>
  );
}
