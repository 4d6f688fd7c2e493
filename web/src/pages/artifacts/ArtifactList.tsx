import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { artifactNamesQuery, MOST_LISTED } from "../../api/artifacts";
import { useInvalidate } from "../../api/LiveProvider";
import type { ProjectPath } from "../../api/queries";
import type { Artifact } from "../../api/types";
import { artifactPath } from "../../app/routes";
import { CodeBlock } from "../../components/CodeBlock";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { SearchField } from "../../components/SearchField";
import { Skeleton } from "../../components/Skeleton";
import { Ago } from "../../components/Time";
import { formatBytes } from "../../lib/bytes";
import { plural } from "../../lib/format";
import { pythonText } from "../../lib/quoted";
import { useSettled } from "../../lib/useSettled";
import { Aliases } from "./Aliases";
import styles from "./Artifacts.module.css";
import { MakerLink } from "./MakerLink";

const always = () => true;

/** The newest version is what the column beside it says. */
const withoutLatest = (aliases: readonly string[]) => aliases.filter((alias) => alias !== "latest");

const COLUMNS: DataColumn<Artifact>[] = [
  { name: "Name", cell: ({ version, ...of }) => <Link href={artifactPath(of)}>{of.name}</Link> },
  { name: "Type", cell: ({ type }) => type },
  { name: "Latest", cell: (of) => <Link href={artifactPath(of)}>v{of.version}</Link> },
  { name: "Aliases", wide: true, cell: ({ aliases }) => <Aliases of={withoutLatest(aliases)} /> },
  { name: "Files", number: true, cell: ({ file_count }) => file_count },
  { name: "Size", number: true, cell: ({ size }) => formatBytes(size) },
  { name: "Logged", cell: ({ created }) => <Ago time={created} /> },
  { name: "By run", cell: (of) => <MakerLink of={of} /> },
];

const firstArtifact = ({ entity, project }: ProjectPath) => `import besom

with besom.init(entity=${pythonText(entity)}, project=${pythonText(project)}) as run:
    artifact = besom.Artifact("weights", "model")
    artifact.add_file("weights.pt")
    run.log_artifact(artifact)
`;

/** The artifacts of a project by name, each with its newest version. */
export default function ArtifactList({ path }: { path: ProjectPath }) {
  const [search, setSearch] = useState("");
  const asked = useSettled(search.trim());
  const query = artifactNamesQuery(path, asked);
  const { data, error, refetch } = useQuery(query);
  useInvalidate(query.queryKey, always, 5_000);
  if (data === undefined)
    return error === null ? <Skeleton height={240} /> : <ErrorNote error={error} retry={refetch} />;
  const rows = data.artifacts;
  if (rows.length === 0 && search === "" && asked === "") {
    return (
      <EmptyState title="No artifacts yet">
        <p>
          An artifact is a named set of files in versions: a dataset, a model, code. A run logs one, others
          use it, and besom keeps who made what from what:
        </p>
        <CodeBlock label="Example" text={firstArtifact(path)} />
      </EmptyState>
    );
  }
  return (
    <>
      <search className={styles.bar}>
        <SearchField
          label="Search artifacts"
          title="Part of the name or of the type"
          value={search}
          set={setSearch}
        />
        <span className={styles.soft} role="status">
          {rows.length < MOST_LISTED
            ? plural(rows.length, "artifact")
            : `the newest ${rows.length}; search finds the others`}
        </span>
      </search>
      {error !== null && <ErrorNote error={error} retry={refetch} />}
      {rows.length > 0 && (
        <DataTable label="Artifacts" columns={COLUMNS} rows={rows} rowKey={({ name }) => name} />
      )}
    </>
  );
}
