import { useMemo } from "react";
import { useSearchParams } from "wouter";
import type { ProjectPath } from "../../api/queries";
import { MOST_COMPARED } from "../../app/routes";
import { ZoomProvider } from "../../charts/zoom";
import { EmptyState } from "../../components/EmptyState";
import { plural } from "../../lib/format";
import { parseIds } from "../../lib/ids";
import { useTitle } from "../../lib/useTitle";
import page from "../Page.module.css";
import { CompareRuns } from "./CompareRuns";
import { CompareSweeps } from "./CompareSweeps";

const useIds = (text: string | null) => useMemo(() => [...parseIds(text)], [text]);

/** Runs, or whole sweeps, side by side: the address says which. */
export default function ComparePage({ path }: { path: ProjectPath }) {
  const [address] = useSearchParams();
  const allRuns = useIds(address.get("runs"));
  const allSweeps = useIds(address.get("sweeps"));
  const runs = useMemo(() => allRuns.slice(0, MOST_COMPARED), [allRuns]);
  const sweeps = useMemo(() => allSweeps.slice(0, MOST_COMPARED), [allSweeps]);
  const what = sweeps.length > 0 ? plural(sweeps.length, "sweep") : plural(runs.length, "run");
  const isEmpty = sweeps.length + runs.length === 0;
  useTitle(isEmpty ? "Compare" : `Compare ${what}`, `${path.entity}/${path.project}`);
  const named = allSweeps.length > 0 ? allSweeps.length : allRuns.length;
  return (
    <div className={page.page}>
      {named > MOST_COMPARED && (
        <p role="note">
          Only the first {MOST_COMPARED} of {named} are compared.
        </p>
      )}
      <ZoomProvider>
        {sweeps.length > 0 ? (
          <CompareSweeps path={path} ids={sweeps} />
        ) : runs.length > 0 ? (
          <CompareRuns path={path} ids={runs} />
        ) : (
          <EmptyState title="Nothing to compare yet" level={1}>
            <p>Tick runs in a table of runs, or sweeps in the list of a project, and choose Compare.</p>
          </EmptyState>
        )}
      </ZoomProvider>
    </div>
  );
}
