import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { artifactQuery, artifactVersionsQuery, MOST_LISTED } from "../../api/artifacts";
import { isStatus } from "../../api/errors";
import { useInvalidate } from "../../api/LiveProvider";
import type { ProjectPath } from "../../api/queries";
import type { Artifact } from "../../api/types";
import { artifactPath } from "../../app/routes";
import { Card } from "../../components/Card";
import { CopyCommand } from "../../components/CopyCommand";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { ErrorNote } from "../../components/ErrorNote";
import { Facts } from "../../components/Facts";
import { KeyValues } from "../../components/KeyValues";
import { PageHeader, Remark } from "../../components/PageHeader";
import { Skeleton } from "../../components/Skeleton";
import { Ago } from "../../components/Time";
import { formatBytes } from "../../lib/bytes";
import { plural } from "../../lib/format";
import { flatten } from "../../lib/params";
import { pythonText } from "../../lib/quoted";
import { useTitle } from "../../lib/useTitle";
import { NotFoundPage } from "../NotFoundPage";
import page from "../Page.module.css";
import { Aliases } from "./Aliases";
import { ArtifactFiles } from "./ArtifactFiles";
import styles from "./Artifacts.module.css";
import { Lineage } from "./Lineage";
import { MakerLink } from "./MakerLink";

const always = () => true;

const inPython = ({ entity, project, name, version }: Artifact) =>
  `folder = run.use_artifact(${pythonText(`${entity}/${project}/${name}:v${version}`)}).download()`;

/** One version of an artifact: what is in it, where it came from and went, and the other versions. */
export default function ArtifactPage({ path, address }: { path: ProjectPath; address: string }) {
  const query = artifactQuery(path, address);
  const { data: artifact, error, refetch } = useQuery(query);
  useInvalidate(query.queryKey, always, 5_000);
  useTitle(
    artifact === undefined ? address : `${artifact.name}:v${artifact.version}`,
    "Artifacts",
    `${path.entity}/${path.project}`,
  );
  if (isStatus(error, 404)) return <NotFoundPage what="artifact" path={path} />;
  if (error !== null && artifact === undefined) return <ErrorNote error={error} retry={refetch} page />;
  if (artifact === undefined) return <Skeleton height={480} />;
  const { name, version, type, aliases, tags = [], description, metadata, size, file_count } = artifact;
  return (
    <div className={page.page}>
      <PageHeader name={`${name}:v${version}`} beside={<Remark>{type}</Remark>}>
        <Facts
          facts={[
            ["Aliases", aliases.length > 0 && <Aliases of={aliases} />],
            ["Tags", tags.length > 0 && <Aliases of={tags} />],
            ["Size", `${formatBytes(size)} in ${plural(file_count ?? 0, "file")}`],
            ["Logged", <Ago key="time" time={artifact.created} />],
            ["By run", artifact.run_id !== null && <MakerLink of={artifact} />],
          ]}
        />
      </PageHeader>
      {description !== null && description !== "" && <p className={styles.path}>{description}</p>}
      <CopyCommand command={inPython(artifact)} />
      <ArtifactFiles path={path} artifact={artifact} />
      <div className={styles.columns}>
        <Lineage path={path} address={`${name}:v${version}`} />
        {Object.keys(metadata).length > 0 && (
          <Card title="Metadata">
            <KeyValues values={flatten(metadata)} />
          </Card>
        )}
      </div>
      <Versions path={path} name={name} shown={version} />
    </div>
  );
}

function Versions({ path, name, shown }: { path: ProjectPath; name: string; shown: number }) {
  const query = artifactVersionsQuery(path, name);
  const { data, error, refetch } = useQuery(query);
  useInvalidate(query.queryKey, always, 5_000);
  if (data === undefined)
    return error === null ? <Skeleton height={120} /> : <ErrorNote error={error} retry={refetch} />;
  const columns: DataColumn<Artifact>[] = [
    {
      name: "Version",
      cell: (of) => (
        <Link href={artifactPath(of)} aria-current={of.version === shown ? "page" : undefined}>
          v{of.version}
        </Link>
      ),
    },
    { name: "Aliases", wide: true, cell: ({ aliases }) => <Aliases of={aliases} /> },
    { name: "Files", number: true, cell: ({ file_count }) => file_count },
    { name: "Size", number: true, cell: ({ size }) => formatBytes(size) },
    { name: "Logged", cell: ({ created }) => <Ago time={created} /> },
    { name: "By run", cell: (of) => <MakerLink of={of} /> },
  ];
  return (
    <div className={styles.part}>
      <h2>Versions</h2>
      <DataTable
        label="Versions"
        columns={columns}
        rows={data.artifacts}
        rowKey={({ version }) => `${version}`}
      />
      {data.artifacts.length >= MOST_LISTED && (
        <p className={styles.soft}>These are the newest {MOST_LISTED}.</p>
      )}
    </div>
  );
}
