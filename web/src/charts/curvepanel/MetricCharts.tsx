import { useMemo, useRef, useState } from "react";
import type { ProjectPath } from "../../api/queries";
import { Button } from "../../components/Button";
import { SearchField } from "../../components/SearchField";
import { cardInAddress, metricCard } from "../../components/screen";
import { plural } from "../../lib/format";
import { useSeen } from "../../lib/useSeen";
import { searchPattern } from "../../view/conditions";
import { useKept } from "../../view/kept";
import { type Expression, metricAlone, parseExpression } from "../expression";
import CurvePanel, { type CurvePanelProps } from "./CurvePanel";
import styles from "./MetricCharts.module.css";

const HEIGHT = 180;
const NONE: readonly string[] = [];

interface Props extends Pick<CurvePanelProps, "path" | "runs" | "order" | "fields" | "hover" | "onOpen"> {
  /** The numbers that are logged, each with a chart. */
  keys: readonly string[];
  /** What a metric is drawn against unless the reader says otherwise, as in the settings. */
  xOf?: (key: string) => string;
  /** What names must match where they are searched elsewhere on the page, null for all; undefined: there is a field for it here. */
  pattern?: RegExp | null;
}

/** What the reader wants computed from metrics, which have charts beside those of the numbers that are logged. */
export const useExpressions = ({ entity, project }: ProjectPath) =>
  useKept(`${entity}/${project}`, "expressions", NONE);

/** A chart for every number that runs log, and for what the reader wants computed from them, searched by name. */
export default function MetricCharts({ xOf, pattern, ...panel }: Props) {
  const { path, keys } = panel;
  const [own, setOwn] = useExpressions(path);
  const [search, setSearch] = useState("");
  const charts = useMemo(() => [...own, ...keys], [own, keys]);
  const shown = useMemo(() => {
    const wanted = pattern === undefined ? searchPattern(search) : pattern;
    return wanted === null ? charts : charts.filter((name) => wanted.test(name));
  }, [charts, search, pattern]);
  return (
    <div className={styles.all}>
      <div className={styles.bar}>
        {pattern === undefined && (
          <SearchField
            label="Search charts"
            title="Part of the name, or a regular expression"
            value={search}
            set={setSearch}
          />
        )}
        <NewChart known={charts} add={(text) => setOwn([text, ...own])} />
        {search !== "" && <span role="status">{plural(shown.length, "chart")}</span>}
      </div>
      <div className={styles.charts}>
        {shown.map((name) => (
          <LazyPanel
            {...panel}
            key={name}
            title={name}
            height={HEIGHT}
            defaultX={xOf?.(name) ?? "step"}
            computed={own.includes(name)}
            remove={() => setOwn(own.filter((other) => other !== name))}
          />
        ))}
      </div>
    </div>
  );
}

interface LazyProps extends Omit<CurvePanelProps, "value"> {
  /** The title is an expression, not the name of a metric. */
  computed: boolean;
  remove: () => void;
}

/** Its curves are fetched when it comes into sight, or where the address names it. */
function LazyPanel({ computed, remove, ...rest }: LazyProps) {
  const place = useRef<HTMLDivElement>(null);
  const seen = useSeen(place);
  const [isNamed] = useState(() => cardInAddress() === metricCard(rest.title));
  const value = useMemo(
    () => (computed ? parsed(rest.title) : metricAlone(rest.title)),
    [computed, rest.title],
  );
  return (
    <div ref={place} className={styles.place}>
      {(seen || isNamed) && value !== null && (
        <CurvePanel
          {...rest}
          value={value}
          {...(computed ? { more: <Remove name={rest.title} act={remove} /> } : {})}
        />
      )}
    </div>
  );
}

const parsed = (text: string): Expression | null => {
  try {
    return parseExpression(text);
  } catch {
    return null;
  }
};

const Remove = ({ name, act }: { name: string; act: () => void }) => (
  <Button look="ghost" aria-label={`Remove ${name}`} title="Remove this chart" onClick={act}>
    ×
  </Button>
);

/** An expression over metrics becomes a chart of its own. */
function NewChart({ known, add }: { known: readonly string[]; add: (text: string) => void }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = () => {
    try {
      parseExpression(text);
      if (known.includes(text.trim())) throw new Error("There is such a chart already.");
      add(text.trim());
      setText("");
      setProblem(null);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <input
        aria-label="New chart, an expression over metrics"
        placeholder="${val/loss} - ${loss}"
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-invalid={problem !== null}
      />
      <Button type="submit" disabled={text.trim() === ""}>
        Add chart
      </Button>
      {problem !== null && (
        <span className={styles.problem} role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}
