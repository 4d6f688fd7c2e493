import { useMemo } from "react";
import { CodeBlock } from "../../../components/CodeBlock";
import { EmptyState } from "../../../components/EmptyState";
import type { TabProps } from "../RunPage";
import styles from "./Media.module.css";
import { MediaPanel } from "./MediaPanel";
import { mediaPlaces } from "./mediaValues";

const EXAMPLE = `run.log({"prediction": besom.Image(pixels, caption="epoch 3")})
run.log({"mistakes": besom.Table(columns=["truth", "guess"], data=rows)})
run.log({"weights": besom.Histogram(weights)})`;

/** Pictures, tables, histograms, pages, sounds and films: a panel for each key, with all its steps. */
export default function MediaTab({ path, run, details, changed }: TabProps) {
  const places = useMemo(() => mediaPlaces(run.summary), [run.summary]);
  if (places.length === 0) {
    return (
      <EmptyState title="No media yet">
        <p>Images, tables, histograms, HTML, audio and video that the program logs appear here:</p>
        <CodeBlock label="Example" text={EXAMPLE} />
      </EmptyState>
    );
  }
  return (
    <div className={styles.panels}>
      {places.map(({ place, value }) => (
        <MediaPanel
          key={place.join("\n")}
          place={place}
          newest={value}
          path={path}
          run={run}
          details={details}
          changed={changed}
        />
      ))}
    </div>
  );
}
