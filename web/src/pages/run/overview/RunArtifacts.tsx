import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { usedArtifactsQuery } from "../../../api/artifacts";
import { SHARED } from "../../../api/base";
import { useInvalidate } from "../../../api/LiveProvider";
import { runArtifactsQuery } from "../../../api/queries";
import type { Artifact } from "../../../api/types";
import { artifactPath } from "../../../app/routes";
import { Card } from "../../../components/Card";
import { formatBytes } from "../../../lib/bytes";
import { plural } from "../../../lib/format";
import { Aliases } from "../../artifacts/Aliases";
import styles from "../../artifacts/Artifacts.module.css";
import type { TabProps } from "../RunPage";

/** What the run logged and what it used. Readers by a link see what it logged alone: the rest is not the sweep's. */
export function RunArtifacts({ path, run, changed }: Pick<TabProps, "path" | "run" | "changed">) {
  const loggedQuery = runArtifactsQuery(path, run.id);
  const usedQuery = usedArtifactsQuery(path, run.id);
  const logged = useQuery(loggedQuery).data?.artifacts ?? [];
  const used = useQuery({ ...usedQuery, enabled: SHARED === null }).data?.artifacts ?? [];
  useInvalidate(loggedQuery.queryKey, changed, 1_000);
  useInvalidate(usedQuery.queryKey, changed, 1_000);
  return (
    <>
      {logged.length > 0 && <ArtifactCard title="Logged artifacts" artifacts={logged} />}
      {used.length > 0 && <ArtifactCard title="Used artifacts" artifacts={used} />}
    </>
  );
}

const ArtifactCard = ({ title, artifacts }: { title: string; artifacts: readonly Artifact[] }) => (
  <Card title={title}>
    <ul className={styles.list}>
      {artifacts.map((artifact) => {
        const address = artifactPath(artifact);
        const name = `${artifact.name}:v${artifact.version}`;
        return (
          <li key={address}>
            {SHARED === null ? <Link href={address}>{name}</Link> : <strong>{name}</strong>}
            <Aliases of={artifact.aliases} />
            <span className={styles.about}>
              {artifact.type}, {plural(artifact.file_count ?? 0, "file")}, {formatBytes(artifact.size)}
            </span>
          </li>
        );
      })}
    </ul>
  </Card>
);
