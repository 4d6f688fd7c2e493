import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useInvalidate } from "../../../api/LiveProvider";
import { runHistoryQuery } from "../../../api/queries";
import { CodeBlock } from "../../../components/CodeBlock";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorNote } from "../../../components/ErrorNote";
import { Skeleton } from "../../../components/Skeleton";
import type { TabProps } from "../RunPage";
import styles from "./Media.module.css";
import { MediaPanel } from "./MediaPanel";
import { loggedAt, mediaPlaces } from "./mediaValues";

const EXAMPLE = `run.log({"prediction": besom.Image(pixels, caption="epoch 3")})
run.log({"mistakes": besom.Table(columns=["truth", "guess"], data=rows)})
run.log({"weights": besom.Histogram(weights)})`;

/** Pictures, tables, histograms, pages, sounds and films: a panel for each key, with all its steps. */
export default function MediaTab({ path, run, changed }: TabProps) {
  const places = useMemo(() => mediaPlaces(run.summary), [run.summary]);
  const keys = [...new Set(places.map(([key]) => key as string))];
  const query = runHistoryQuery(path, run.id, keys);
  const history = useQuery({ ...query, enabled: keys.length > 0, placeholderData: keepPreviousData });
  useInvalidate(query.queryKey, changed, 4_000);
  const panels = useMemo(
    () =>
      places
        .map((place) => ({ title: place.join("."), logged: loggedAt(history.data ?? [], place) }))
        .filter(({ logged }) => logged.length > 0),
    [places, history.data],
  );
  if (keys.length === 0) {
    return (
      <EmptyState title="No media yet">
        <p>Images, tables, histograms, HTML, audio and video that the program logs appear here:</p>
        <CodeBlock label="Example" text={EXAMPLE} />
      </EmptyState>
    );
  }
  if (history.error !== null) return <ErrorNote error={history.error} retry={history.refetch} />;
  if (history.data === undefined) return <Skeleton height={360} />;
  return (
    <div className={styles.panels}>
      {panels.map(({ title, logged }) => (
        <MediaPanel key={title} title={title} logged={logged} path={path} runId={run.id} />
      ))}
    </div>
  );
}
