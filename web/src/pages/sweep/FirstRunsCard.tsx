import type { ReactNode } from "react";
import type { Run } from "../../api/types";
import { Nothing } from "../../charts/Nothing";
import { Card } from "../../components/Card";
import { Select } from "../../components/Select";
import { Skeleton } from "../../components/Skeleton";

interface Props {
  title: string;
  /** See `useFirstRuns`. */
  shown: { runs: readonly Run[]; which: string };
  /** More about these. */
  hint?: string;
  /** Keys under which something was logged, by what they are called; a choice where there are several. */
  label: string;
  options: readonly (readonly [key: string, name: string])[];
  value: string;
  /** undefined where the key is said elsewhere. */
  choose: ((key: string) => void) | undefined;
  height: number;
  loading: boolean;
  /** Said where there is no run to show. */
  nothing: ReactNode;
  children: ReactNode;
}

/** The card of what a few runs have logged under a key. */
export function FirstRunsCard({ title, shown: { runs, which }, hint, choose, ...others }: Props) {
  const { label, options, value, height, loading, nothing, children } = others;
  return (
    <Card
      title={title}
      aside={
        <>
          {runs.length > 0 && (
            <span title={hint}>
              the {which} {runs.length}
            </span>
          )}
          {choose !== undefined && options.length > 1 && (
            <Select label={label} options={options} value={value} onChange={choose} />
          )}
        </>
      }
    >
      {runs.length > 0 ? (
        children
      ) : loading ? (
        <Skeleton height={height} />
      ) : (
        <Nothing height={height}>{nothing}</Nothing>
      )}
    </Card>
  );
}
