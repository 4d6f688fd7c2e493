import type { CSSProperties } from "react";
import { formatCount, plural } from "../../lib/format";
import type { Hover } from "../../view/hover";
import { FEW, type Line } from "../curves";
import { type Rungs, rungWords } from "../rungs";
import styles from "./Legend.module.css";

interface Props {
  lines: readonly Line[];
  nameOf: (id: string) => string;
  /** Said behind a name. */
  detailsOf?: (id: string) => [name: string, value: string][];
  /** Said before them. */
  counted?: Counted;
  hover?: Hover | undefined;
  onOpen?: ((runId: string) => void) | undefined;
  rungs?: Rungs | undefined;
}

interface Counted {
  /** Runs that could be drawn, and those that are looked at. */
  total: number;
  drawn: number;
  /** What they come first by: "best first". */
  order: string;
}

/**
 * Which line is which where they are few; how many of how many where they are not. Its height does not go by what it says, so that nothing below it moves. An
 * entry that leads nowhere can have the focus all the same: it lights its run up, and the list scrolls.
 */
export function Legend({ lines, nameOf, detailsOf, counted, hover, onOpen, rungs }: Props) {
  const named = lines.length <= FEW ? lines : lines.filter(({ emphasis }) => emphasis === "best");
  const dim = lines.some(({ emphasis }) => emphasis === "dim");
  const words = lines.length === 0 ? null : rungWords(rungs);
  const groups = lines.some(({ members }) => members !== undefined);
  return (
    <ul className={styles.legend} style={groups ? narrowHeight(named.length) : undefined}>
      {counted !== undefined && <li>{countOf(lines, counted, groups)}</li>}
      {named.map((line) => (
        <li key={line.runId}>
          <button
            type="button"
            className={styles.entry}
            data-best={line.emphasis === "best" || undefined}
            aria-disabled={onOpen === undefined || undefined}
            title={line.emphasis === "best" ? "The best run" : undefined}
            onClick={() => onOpen?.(line.runId)}
            onMouseEnter={() => hover?.set(line.runId)}
            onMouseLeave={() => hover?.set(null)}
            onFocus={() => hover?.set(line.runId)}
            onBlur={() => hover?.set(null)}
          >
            <span
              className={styles.swatch}
              data-dashed={line.dashed}
              style={{
                color: line.emphasis === "dim" ? "var(--chart-dim)" : line.color,
              }}
            />
            <span className={styles.name}>
              {line.emphasis === "best" && "Best: "}
              {nameOf(line.runId)}
            </span>
            {line.stopped && <span className={styles.detail}>stopped early</span>}
            {detailsOf?.(line.runId).map(([name, value]) => (
              <span key={name} className={styles.detail}>
                {name} {value}
              </span>
            ))}
          </button>
        </li>
      ))}
      {dim && named.length < lines.length && (
        <li>
          <span className={styles.swatch} data-dim />
          grey: failed, or not chosen
        </li>
      )}
      {words !== null && <li>{words}</li>}
    </ul>
  );
}

/** On a telephone a group has a line of its own, for its name and its values are long; the count has the first. */
const narrowHeight = (groups: number) => ({ "--lines": Math.min(1 + groups, 4) }) as CSSProperties;

function countOf(lines: readonly Line[], { total, drawn, order }: Counted, groups: boolean): string {
  const runs = drawn < total ? `${formatCount(drawn)} of ${plural(total, "run")}, ${order}` : null;
  if (groups) return `${plural(lines.length, "group")} of ${runs ?? plural(drawn, "run")}`;
  return runs ?? plural(lines.length, "curve");
}
