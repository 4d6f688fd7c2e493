import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";
import { createDocument, type DocumentHead, documentsQuery } from "../../api/documents";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import type { ProjectPath } from "../../api/queries";
import { reportPath } from "../../app/routes";
import { Button } from "../../components/Button";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { Ago } from "../../components/Time";
import { useMayWrite } from "../../view/MayWrite";
import styles from "./Report.module.css";

const isDocument = (change: Change) => change.kind === "document";

/** The reports of a project. */
export default function ReportList({ path }: { path: ProjectPath }) {
  const mayWrite = useMayWrite();
  const [, navigate] = useLocation();
  const query = documentsQuery(path, "report");
  const reports = useQuery(query);
  useInvalidate(query.queryKey, isDocument, 1_000);
  const begin = useMutation({
    mutationFn: () => createDocument(path, "report", "New report", { markdown: "" }),
    onSuccess: ({ id }) => navigate(`${reportPath({ ...path, id })}?edit`),
  });
  const columns: DataColumn<DocumentHead>[] = [
    { name: "Title", cell: ({ id, title }) => <Link href={reportPath({ ...path, id })}>{title}</Link> },
    { name: "Changed", cell: ({ updated }) => <Ago time={updated} /> },
    { name: "By", cell: ({ editor }) => editor },
    { name: "Begun by", cell: ({ creator }) => creator },
  ];
  const error = reports.error ?? begin.error;
  return (
    <>
      <div className={styles.head}>
        <h2>Reports</h2>
        {mayWrite && (
          <Button busy={begin.isPending} onClick={() => begin.mutate()}>
            New report
          </Button>
        )}
      </div>
      {error !== null && <ErrorNote error={error} />}
      {reports.isPending && <Skeleton height={240} />}
      {reports.data?.documents.length === 0 && (
        <EmptyState title="No reports yet">
          <p>
            A report is text with live charts in it: what was tried, what came of it, what to do next. It
            stays current while its sweeps go on, and everybody who can see the project can read it.
          </p>
          {mayWrite && <p>New report opens an editor; Insert panel puts a chart where the cursor is.</p>}
        </EmptyState>
      )}
      {reports.data !== undefined && reports.data.documents.length > 0 && (
        <DataTable label="Reports" columns={columns} rows={reports.data.documents} rowKey={({ id }) => id} />
      )}
    </>
  );
}
