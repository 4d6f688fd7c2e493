import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { artifactRunsQuery } from "../../api/artifacts";
import { useInvalidate } from "../../api/LiveProvider";
import type { ProjectPath } from "../../api/queries";
import type { ArtifactRun } from "../../api/types";
import { runPath } from "../../app/routes";
import { Card } from "../../components/Card";
import { ErrorNote } from "../../components/ErrorNote";
import { RunName } from "../../components/RunName";
import { Skeleton } from "../../components/Skeleton";
import { StateIcon } from "../../components/StateIcon";
import { Ago } from "../../components/Time";
import { formatCount } from "../../lib/format";
import styles from "./Artifacts.module.css";

const always = () => true;

/** Where a version came from and where it went: the runs that logged it, and those that used it. */
export function Lineage({ path, address }: { path: ProjectPath; address: string }) {
  const query = artifactRunsQuery(path, address);
  const { data, error, refetch } = useQuery(query);
  useInvalidate(query.queryKey, always, 5_000);
  if (data === undefined)
    return error === null ? <Skeleton height={120} /> : <ErrorNote error={error} retry={refetch} />;
  return (
    <>
      <Card title="Logged by" aside={formatCount(data.logged_count)}>
        <Runs
          of={data.logged}
          total={data.logged_count}
          none="No run: it was made from outside."
          path={path}
        />
      </Card>
      <Card title="Used by" aside={formatCount(data.used_count)}>
        <Runs of={data.used} total={data.used_count} none="No run has used it yet." path={path} />
      </Card>
    </>
  );
}

interface RunsProps {
  of: readonly ArtifactRun[];
  total: number;
  none: string;
  /** Where the version is; runs of other projects say where they are. */
  path: ProjectPath;
}

function Runs({ of, total, none, path }: RunsProps) {
  if (of.length === 0) return <p className={styles.soft}>{none}</p>;
  return (
    <ul className={styles.list}>
      {of.map((run) => (
        <li key={runPath(run)}>
          <StateIcon state={run.state} />
          <Link href={runPath(run)}>
            <RunName of={run} />
          </Link>
          {(run.entity !== path.entity || run.project !== path.project) && (
            <span className={styles.soft}>
              {run.entity}/{run.project}
            </span>
          )}
          <span className={styles.about}>
            <Ago time={run.time} />
          </span>
        </li>
      ))}
      {total > of.length && (
        <li className={styles.soft}>and {formatCount(total - of.length)} before these</li>
      )}
    </ul>
  );
}
