import { useMemo } from "react";
import { useLocation } from "wouter";
import { IS_SHARED_REPORT } from "../../api/base";
import { runPath } from "../../app/routes";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { CheckList } from "../../components/CheckList";
import { Popover } from "../../components/Popover";
import { Skeleton } from "../../components/Skeleton";
import { useKept } from "../../view/kept";
import { useRunView } from "../../view/RunView";
import { GradientChoice, GradientKey } from "../GradientChoice";
import { NO_RUN, Nothing } from "../Nothing";
import { scaleOf } from "../scale";
import { shadeWords } from "../shades";
import { UngroupedNote } from "../UngroupedNote";
import { ParallelChart } from "./ParallelChart";
import styles from "./ParallelPanel.module.css";
import { axesOf, BY_ITSELF, type ParallelSettings, shownFields, withAxis, withMoved } from "./settings";

interface Props {
  /** Where choices are kept: the project. */
  place: string;
  /** What they are kept under there. */
  name?: string;
  /** Names of parameters that belong on a logarithmic axis. */
  logs: ReadonlySet<string>;
  height: number;
  /** The runs are still on their way. */
  loading?: boolean;
}

/** Parallel coordinates of the runs of the page, with all that can be chosen of them. */
export function ParallelPanel({ place, name = "parallel", logs, height, loading = false }: Props) {
  const { fields, matched, metric } = useRunView();
  const [, navigate] = useLocation();
  const [settings, keep] = useKept<ParallelSettings>(place, name, BY_ITSELF);
  const shown = useMemo(() => new Set(shownFields(fields, settings)), [fields, settings]);
  const axes = useMemo(() => axesOf(fields, settings, logs), [fields, settings, logs]);
  const last = axes.at(-1);
  const reversed = last?.field.id === "metric" && metric?.goal === "minimize";
  const ends = useMemo(() => {
    if (last === undefined) return null;
    const scale = scaleOf(last.field.kind, matched.map(last.field.read), { log: last.log });
    const places = Float32Array.from(matched, (run) => scale.place(last.field.read(run)) ?? Number.NaN);
    if (places.every(Number.isNaN)) return null; // nothing to tell apart yet
    return shadeWords(places, scale.text, reversed);
  }, [last, matched, reversed]);
  return (
    <Card
      title="Parallel coordinates"
      aside={
        <>
          <UngroupedNote />
          {last !== undefined && ends !== null && (
            <span className={styles.key}>
              {last.title}
              <GradientKey gradient={settings.gradient} {...ends} />
            </span>
          )}
          <Popover name="Axes" title="Axes of the parallel coordinates" look="ghost">
            <div className={styles.choices}>
              <CheckList
                label="Fields with an axis"
                noun="field"
                items={fields}
                isChecked={(field) => shown.has(field)}
                check={({ id }, shown) => keep(withAxis(settings, id, { shown }))}
              />
              <GradientChoice
                value={settings.gradient}
                onChange={(gradient) => keep({ ...settings, gradient })}
              />
              <p className={styles.help}>
                Drag along an axis to choose a range, drag its title to move it. The last axis colours the
                lines.
              </p>
              <Button onClick={() => keep(undefined)}>Reset</Button>
            </div>
          </Popover>
        </>
      }
    >
      {loading && matched.length === 0 ? (
        <Skeleton height={height} />
      ) : matched.length === 0 || axes.length === 0 ? (
        <Nothing height={height}>{axes.length === 0 ? "No axis is chosen." : NO_RUN}</Nothing>
      ) : (
        <ParallelChart
          axes={axes}
          gradient={settings.gradient}
          height={height}
          reversed={reversed}
          change={(field, change) => keep(withAxis(settings, field, change))}
          move={(from, to) => keep(withMoved(settings, axes, from, to))}
          onOpen={IS_SHARED_REPORT ? undefined : (run) => navigate(runPath(run))}
        />
      )}
    </Card>
  );
}
