import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Suspense, useMemo, useState } from "react";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { type ProjectPath, runCurvesQuery } from "../../api/queries";
import type { Run } from "../../api/types";
import { toLine } from "../../charts/curves";
import { CurvesChart } from "../../charts/lazy";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { formatNumber, toNumber } from "../../lib/format";
import styles from "./RunPage.module.css";

const POINTS = 500;
const SHOWN_FIRST = 12;
const HEIGHT = 180;

interface Props {
  path: ProjectPath;
  run: Run;
  changed: (change: Change) => boolean;
}

/** One chart for each number that the run logs. */
export function RunCurves({ path, run, changed }: Props) {
  const [all, setAll] = useState(false);
  const keys = useMemo(
    () =>
      Object.keys(run.summary)
        .filter((key) => !key.startsWith("_") && toNumber(run.summary[key]) !== null)
        .sort(),
    [run.summary],
  );
  const shown = all ? keys : keys.slice(0, SHOWN_FIRST);
  const query = runCurvesQuery(path, run.id, shown, POINTS);
  const curves = useQuery({ ...query, enabled: shown.length > 0, placeholderData: keepPreviousData });
  useInvalidate(query.queryKey, changed, 2_000);
  const lines = useMemo(
    () => new Map((curves.data?.curves ?? []).map((curve) => [curve.key, [toLine(curve, "normal")]])),
    [curves.data],
  );
  if (curves.error !== null) return <ErrorNote error={curves.error} retry={curves.refetch} />;
  return (
    <>
      <div className={styles.columns}>
        {shown
          .filter((key) => curves.isPending || lines.has(key))
          .map((key) => (
            <Card key={key} title={key} aside={formatNumber(toNumber(run.summary[key]) ?? Number.NaN)}>
              <Suspense fallback={<Skeleton height={HEIGHT} />}>
                {lines.has(key) ? (
                  <CurvesChart name={key} lines={lines.get(key) ?? []} height={HEIGHT} />
                ) : (
                  <Skeleton height={HEIGHT} />
                )}
              </Suspense>
            </Card>
          ))}
      </div>
      {shown.length < keys.length && (
        <div>
          <Button onClick={() => setAll(true)}>Show all {keys.length} charts</Button>
        </div>
      )}
    </>
  );
}
