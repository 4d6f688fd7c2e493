import type { ReactNode } from "react";
import { Card } from "../components/Card";
import { Select } from "../components/Select";
import { Skeleton } from "../components/Skeleton";
import { useRunView } from "../view/RunView";
import { MissingFields } from "./MissingFields";
import type { MeasureBy } from "./measureBy";
import { Nothing, noRunOf } from "./Nothing";

interface Props {
  title: string;
  measure: MeasureBy;
  /** What it can be shown by: ids and names. */
  bys: readonly (readonly [id: string, name: string])[];
  /** Of these, by which it is shown now. */
  by: string;
  /** Whether there is something to draw. */
  filled: boolean;
  /** Said before the choices. */
  aside?: ReactNode;
  height: number;
  loading: boolean;
  children: ReactNode;
}

/** The card of a chart of a number by something: its two choices, and what stands there while there is nothing to draw. */
export function MeasureCard({ title, measure, bys, by, filled, aside, height, loading, children }: Props) {
  const { numbers, value, choose, reset, missing } = measure;
  const { matched } = useRunView();
  const misfit = missing.length > 0;
  return (
    <Card
      title={title}
      aside={
        <>
          {aside}
          <Select
            label="Of"
            options={numbers.map(({ id, label }) => [id, label] as const)}
            value={value?.id ?? ""}
            onChange={(value) => choose({ value })}
          />
          <Select label="By" options={bys} value={by} onChange={(by) => choose({ by })} />
        </>
      }
    >
      {loading && (misfit || !filled) ? (
        <Skeleton height={height} />
      ) : misfit ? (
        <MissingFields {...{ height, missing }} mend={reset} />
      ) : value === undefined || !filled ? (
        <Nothing height={height}>
          {value === undefined ? "No number was logged yet." : noRunOf(matched, `has ${value.label}`)}
        </Nothing>
      ) : (
        children
      )}
    </Card>
  );
}
