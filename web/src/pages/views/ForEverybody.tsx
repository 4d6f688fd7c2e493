import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { arrangementQuery, changeDocument, createDocument, removeDocument } from "../../api/documents";
import type { ProjectPath } from "../../api/queries";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Ago } from "../../components/Time";
import { allKept, dropOwn, useHasOwn } from "../../view/kept";
import { useMayWrite } from "../../view/MayWrite";
import styles from "./Views.module.css";

const TITLE = "For everybody";
/** Which runs are closed in the charts is for the moment. */
const PASSING = ["hidden"];

/** How the page is arranged for whoever has not arranged it: what holds, and ways to set it or to go back to it. */
export function ForEverybody({ path }: { path: ProjectPath }) {
  const mayWrite = useMayWrite();
  const queries = useQueryClient();
  const place = `${path.entity}/${path.project}`;
  const hasOwn = useHasOwn(place);
  const query = arrangementQuery(path);
  const found = useQuery(query).data;
  const change = useMutation({
    mutationFn: async (to: "set" | "removed") => {
      const now = await queries.fetchQuery({ ...query, staleTime: 0 });
      if (to === "removed") {
        if (now !== null) await removeDocument(path, now.id);
        return;
      }
      const kept = Object.fromEntries(
        Object.entries(allKept(place)).filter(([name]) => !PASSING.includes(name)),
      );
      if (now === null) await createDocument(path, "arrangement", TITLE, { kept });
      else await changeDocument(path, now.id, { title: TITLE, content: { kept }, version: now.version });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: query.queryKey }),
  });
  if (found === undefined || (found === null && !mayWrite)) return null;
  const set = mayWrite && (
    <Button busy={change.isPending} onClick={() => change.mutate("set")}>
      Use this arrangement for everybody
    </Button>
  );
  return (
    <section className={styles.everybody} aria-labelledby="for-everybody">
      <h3 id="for-everybody" className={styles.heading}>
        For everybody
      </h3>
      <p className={styles.soft} role="status">
        {found === null ? (
          "Columns, panels and their settings as they are now, for all who have not chosen otherwise."
        ) : (
          <>
            Arranged by {found.editor}, <Ago time={found.updated} />.{" "}
            {hasOwn ? "Your own choices come first." : "You see it."}
          </>
        )}
      </p>
      {change.error !== null && <ErrorNote error={change.error} />}
      <div className={styles.buttons}>
        {(found === null || hasOwn) && set}
        {found !== null && hasOwn && <Button onClick={() => dropOwn(place)}>Drop my own choices</Button>}
        {found !== null && mayWrite && (
          <Button busy={change.isPending} onClick={() => change.mutate("removed")}>
            Remove
          </Button>
        )}
      </div>
    </section>
  );
}
