import type { components } from "../../api/schema";
import { Card } from "../../components/Card";
import { CodeBlock } from "../../components/CodeBlock";
import { Details } from "../../components/Details";
import { Ago } from "../../components/Time";
import styles from "./ConfigurationVersions.module.css";

type SweepVersion = components["schemas"]["SweepVersion"];

/** All configurations that the sweep has had, the newest first, and what each of them changed. */
export const ConfigurationVersions = ({ versions }: { versions: readonly SweepVersion[] }) => (
  <Card title="Versions">
    <ol className={styles.versions}>
      {versions.map((version) => (
        <li key={version.number} className={styles.version}>
          <p className={styles.head}>
            <strong>Version {version.number}</strong>
            <span className={styles.by}>
              {version.creator}, <Ago time={version.created} />
            </span>
          </p>
          {version.number > 1 && <Changes changes={version.changes} />}
          <Details summary="As it was written">
            <CodeBlock text={version.text} label={`Version ${version.number}`} yaml />
          </Details>
        </li>
      ))}
    </ol>
  </Card>
);

function Changes({ changes }: { changes: readonly string[] }) {
  if (changes.length === 0) return <p className={styles.by}>Only its text changed.</p>;
  return (
    <ul className={styles.changes}>
      {changes.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}
