import { useMemo } from "react";
import type { Sweep } from "../../api/types";
import { MeasureForm } from "../../charts/MeasureForm";
import { curvesTitle } from "../../charts/titles";
import { Card } from "../../components/Card";
import { Popover } from "../../components/Popover";
import { loggedKeys } from "../../view/loggedKeys";
import { useRunView } from "../../view/RunView";
import styles from "./ChosenCurves.module.css";
import { useKeptText } from "./panelSettings";
import { SweepCurves } from "./SweepCurves";

interface Props {
  sweep: Sweep;
  /** Where the choice is kept, and what it is kept under there. */
  place: string;
  name: string;
  height: number;
  loading: boolean;
}

/** Curves of what the reader chooses: a metric, or arithmetic over some. */
export function ChosenCurves({ sweep, place, name, height, loading }: Props) {
  const { fields } = useRunView();
  const [text, choose] = useKeptText(place, name);
  const keys = useMemo(() => loggedKeys(fields), [fields]);
  const form = <MeasureForm metrics={keys} text={text} choose={choose} />;
  if (text === "")
    return (
      <Card title={curvesTitle(text, false)}>
        <div style={{ minHeight: height }}>
          <p className={styles.ask}>Which metric, or which arithmetic over metrics?</p>
          {form}
        </div>
      </Card>
    );
  return (
    <SweepCurves
      sweep={sweep}
      text={text}
      height={height}
      keptAs={name}
      loading={loading}
      more={
        <Popover name="Metric" title="What the curves show" look="ghost">
          {form}
        </Popover>
      }
    />
  );
}
