import { useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { runPath } from "../../app/routes";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Check } from "../../components/Check";
import { Key } from "../../components/Key";
import { Skeleton } from "../../components/Skeleton";
import { plural } from "../../lib/format";
import { useWidth } from "../../lib/useWidth";
import type { Field } from "../../view/fields";
import { useKept } from "../../view/kept";
import { useRunView } from "../../view/RunView";
import { NO_RUN, Nothing } from "../Nothing";
import type { Look, Paint } from "../scatter/draw";
import { countPlaced, pointsOf, records, runningLine, type Side } from "../scatter/points";
import { ScatterPlot } from "../scatter/ScatterPlot";
import { useSide } from "../scatter/useSide";
import { slicesTitle } from "../titles";
import styles from "./Slices.module.css";

const LEAST_HEIGHT = 180;
const LEAST_WIDTH = 172;
const GAP = 16;
const AIR = { x: 0.04, y: 0.06 };
/** More are shown when asked for. */
const FIRST = 8;
const PLAIN: Paint = { by: "plain" };
const FEW: Look = { radius: 2.6, strength: 0.8 };
const MANY: Look = { radius: 1.9, strength: 0.8 };
const MANY_RUNS = 200;

interface Props {
  /** Where choices are kept: the project. */
  place: string;
  /** What they are kept under there. */
  name?: string;
  logs: ReadonlySet<string>;
  /** Of all slices together, if that leaves enough for each. */
  height: number;
  loading?: boolean;
}

/** The metric against each parameter, side by side with one y axis for all. */
export function SlicePanel({ place, name = "slices", logs, height, loading = false }: Props) {
  const { fields, fieldById, matched, marks, metric } = useRunView();
  const [log, setLog] = useKept(place, `${name}.log`, false);
  const [all, setAll] = useState(false);
  const field = fieldById.get("metric");
  const y = useSide(field, logs, AIR.y, { log });
  const parameters = useMemo(() => fields.filter(({ part }) => part === "Parameter"), [fields]);
  // The records in time are the same runs in every slice.
  const x = useSide(fieldById.get("created"), logs, 0);
  const inTime = useMemo(() => (x === null || y === null ? null : pointsOf(matched, x, y)), [matched, x, y]);
  const rings = useMemo(() => {
    if (y === null || inTime === null || metric === null) return [];
    return records(runningLine("best", metric.goal, matched, marks, inTime, y.field));
  }, [y, inTime, metric, matched, marks]);
  if (y === null || inTime === null || parameters.length === 0)
    return (
      <Card title={slicesTitle(undefined)}>
        <Nothing height={height}>This sweep has no metric, or no parameter, to show.</Nothing>
      </Card>
    );
  const shown = all ? parameters : parameters.slice(0, FIRST);
  return (
    <Card
      title={slicesTitle(y.field)}
      aside={
        <>
          <Key kind="dot">{plural(countPlaced(inTime, marks), "run")}</Key>
          <Key kind="ring">was the best so far</Key>
          <Check name="Log scale" on={log} set={setLog} />
        </>
      }
    >
      {matched.length === 0 ? (
        loading ? (
          <Skeleton height={height} />
        ) : (
          <Nothing height={height}>{NO_RUN}</Nothing>
        )
      ) : (
        <Slices
          {...{ logs, y, marks, rings, height }}
          parameters={shown}
          look={matched.length > MANY_RUNS ? MANY : FEW}
        />
      )}
      {parameters.length > FIRST && (
        <Button look="ghost" onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show ${parameters.length - FIRST} more`}
        </Button>
      )}
    </Card>
  );
}

interface SlicesProps extends Omit<SliceProps, "parameter"> {
  parameters: readonly Field[];
}

/** In rows that divide the height. */
function Slices({ parameters, height, ...shared }: SlicesProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const inRow = Math.max(1, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)));
  const rows = Math.ceil(parameters.length / inRow);
  const each = Math.max(LEAST_HEIGHT, Math.floor((height - GAP * (rows - 1)) / rows));
  return (
    <div
      ref={place}
      className={styles.slices}
      style={{ gap: GAP, gridTemplateColumns: `repeat(auto-fit, minmax(min(100%, ${LEAST_WIDTH}px), 1fr))` }}
    >
      {parameters.map((parameter) => (
        <Slice key={parameter.id} {...shared} parameter={parameter} height={each} />
      ))}
    </div>
  );
}

interface SliceProps {
  parameter: Field;
  logs: ReadonlySet<string>;
  y: Side;
  marks: Uint8Array;
  rings: readonly number[];
  height: number;
  look: Look;
}

const NO_LINES = [] as const;

function Slice({ parameter, logs, y, marks, rings, height, look }: SliceProps) {
  const [, navigate] = useLocation();
  const x = useSide(parameter, logs, AIR.x);
  const tips = useMemo(() => [y.field, parameter], [y, parameter]);
  if (x === null) return null;
  return (
    <ScatterPlot
      {...{ x, y, marks, rings, tips, height, look }}
      paint={PLAIN}
      gradient="plasma"
      lines={NO_LINES}
      label={`${y.title} by ${parameter.label}. The same numbers are in the table of runs.`}
      xTitle={parameter.label}
      onOpen={(run) => navigate(runPath(run))}
    />
  );
}
