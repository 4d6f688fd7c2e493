import { Link } from "wouter";
import type { Artifact } from "../../api/types";
import { runPath } from "../../app/routes";
import { RunName } from "../../components/RunName";

/** The run that made a version first; nothing where it came from outside of runs, or its run was deleted. */
export const MakerLink = ({ of: { run_id, run_name, ...of } }: { of: Artifact }) =>
  run_id !== null && (
    <Link href={runPath({ ...of, id: run_id })}>
      <RunName of={{ ...of, id: run_id, name: run_name ?? run_id }} />
    </Link>
  );
