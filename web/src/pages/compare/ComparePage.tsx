import { useSearchParams } from "wouter";
import type { ProjectPath } from "../../api/queries";
import { ZoomProvider } from "../../charts/zoom";
import { EmptyState } from "../../components/EmptyState";
import { useTitle } from "../../lib/useTitle";
import { parseIds } from "../../view/address";
import page from "../Page.module.css";
import { CompareRuns } from "./CompareRuns";
import { CompareSweeps } from "./CompareSweeps";

/** Beside each other, more columns than these can no longer be compared. */
const MOST = 50;

/** Runs, or whole sweeps, side by side: the address says which. */
export default function ComparePage({ path }: { path: ProjectPath }) {
  useTitle("Compare");
  const [address] = useSearchParams();
  const runs = [...parseIds(address.get("runs"))].slice(0, MOST);
  const sweeps = [...parseIds(address.get("sweeps"))].slice(0, MOST);
  return (
    <div className={page.page}>
      <ZoomProvider>
        {sweeps.length > 0 ? (
          <CompareSweeps path={path} ids={sweeps} />
        ) : runs.length > 0 ? (
          <CompareRuns path={path} ids={runs} />
        ) : (
          <EmptyState title="Nothing to compare yet" level={1}>
            <p>Tick runs in a table of runs, or sweeps in the list of sweeps, and choose Compare.</p>
          </EmptyState>
        )}
      </ZoomProvider>
    </div>
  );
}
