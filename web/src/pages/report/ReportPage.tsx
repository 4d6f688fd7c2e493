import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { documentQuery, removeDocument } from "../../api/documents";
import { isStatus } from "../../api/errors";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import type { ProjectPath } from "../../api/queries";
import { reportPath, reportsPath } from "../../app/routes";
import { Button } from "../../components/Button";
import { ConfirmButton } from "../../components/ConfirmButton";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { Ago } from "../../components/Time";
import { useTitle } from "../../lib/useTitle";
import { useMayWrite } from "../../view/MayWrite";
import { NotFoundPage } from "../NotFoundPage";
import page from "../Page.module.css";
import styles from "./Report.module.css";
import { ReportEditor } from "./ReportEditor";
import { ReportText } from "./ReportText";
import { markdownOf } from "./reportContent";
import { ShareReport } from "./ShareReport";

/** One report, read or edited: the address says which. */
export default function ReportPage({ path, id }: { path: ProjectPath; id: string }) {
  const mayWrite = useMayWrite();
  const [address] = useSearchParams();
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const query = documentQuery(path, id);
  const [removing, setRemoving] = useState(false);
  // News of its own deletion may come before the answer: nobody asks for what has just gone.
  const report = useQuery({ ...query, enabled: !removing });
  const editing = mayWrite && address.has("edit");
  const mine = useCallback((change: Change) => change.kind === "document" && change.id === id, [id]);
  useInvalidate(query.queryKey, mine, 1_000);
  useTitle(report.data?.title ?? "Report", editing ? "Editing" : null, `${path.entity}/${path.project}`);
  if (isStatus(report.error, 404)) return <NotFoundPage what="report" path={path} />;
  if (report.data === undefined) {
    if (report.error !== null) return <ErrorNote error={report.error} retry={report.refetch} page />;
    return <Skeleton height={480} />;
  }
  const { title, content, editor, updated } = report.data;
  const read = reportPath({ ...path, id });
  if (editing) {
    return (
      <ReportEditor
        key={id}
        path={path}
        report={report.data}
        saved={(changed) => queries.setQueryData(query.queryKey, changed)}
        done={() => navigate(read)}
      />
    );
  }
  return (
    <article className={styles.article}>
      <div className={styles.head}>
        <h1 className={page.title}>{title}</h1>
        {mayWrite && (
          <div className={styles.buttons}>
            <ShareReport path={path} id={id} />
            <Button onClick={() => navigate(`${read}?edit`)}>Edit</Button>
            <ConfirmButton
              name="Delete"
              question="Delete this report?"
              explanation="Its text is gone for good. The sweeps and runs that it shows stay as they are."
              danger
              act={async () => {
                setRemoving(true);
                await removeDocument(path, id).catch((failure) => {
                  setRemoving(false);
                  throw failure;
                });
                navigate(reportsPath(path));
              }}
            />
          </div>
        )}
      </div>
      <p className={page.soft}>
        Changed <Ago time={updated} /> by {editor}
      </p>
      <ReportText path={path} text={markdownOf(content)} />
    </article>
  );
}
