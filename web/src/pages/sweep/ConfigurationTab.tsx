import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { client, unwrap } from "../../api/client";
import type { Sweep } from "../../api/types";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { CodeBlock } from "../../components/CodeBlock";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { lazy } from "../../lib/lazy";
import { hasDraft } from "../../lib/useDraft";
import { useMayWrite } from "../../view/MayWrite";
import { ConfigurationVersions } from "./ConfigurationVersions";
import styles from "./ConfigurationVersions.module.css";
import { draftOfConfiguration } from "./draftOfConfiguration";
import { SearchSpace } from "./SearchSpace";

const ConfigurationEdit = lazy(() => import("./ConfigurationEdit"));

const versionsQuery = (sweep: Sweep) =>
  queryOptions({
    queryKey: ["versions", sweep.id, sweep.text, sweep.updated],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/v1/sweeps/{sweep_id}/versions", {
          params: { path: { sweep_id: sweep.id } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

/** The search space in words, the configuration as it was written, and how it came to be so; a place to change it. */
export default function ConfigurationTab({ sweep }: { sweep: Sweep }) {
  const versions = useQuery(versionsQuery(sweep));
  const mayWrite = useMayWrite();
  const [isEditing, setEditing] = useState(() => hasDraft(draftOfConfiguration(sweep)));
  const [said, setSaid] = useState<string | null>(null);
  if (versions.error !== null && versions.data === undefined) {
    return <ErrorNote error={versions.error} retry={versions.refetch} />;
  }
  const known = versions.data?.versions ?? [];
  const current = known[0];
  if (mayWrite && isEditing && current !== undefined) {
    return (
      <Suspense fallback={<Skeleton height={420} />}>
        <ConfigurationEdit
          sweep={sweep}
          number={current.number}
          onDone={(words) => {
            setSaid(words);
            setEditing(false);
          }}
        />
      </Suspense>
    );
  }
  return (
    <>
      {said !== null && <p role="status">{said}</p>}
      <SearchSpace config={sweep.config} />
      <Card
        title="Configuration"
        aside={
          <>
            {known.length > 1 && <span className={styles.number}>Version {current?.number}</span>}
            {mayWrite && (
              <Button disabled={current === undefined} onClick={() => setEditing(true)}>
                Edit
              </Button>
            )}
          </>
        }
      >
        <CodeBlock text={sweep.text} label="Configuration as it was written" yaml />
      </Card>
      {known.length > 1 && <ConfigurationVersions versions={known} />}
    </>
  );
}
