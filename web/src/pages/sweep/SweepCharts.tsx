import { Fragment, Suspense } from "react";
import { SHARED } from "../../api/base";
import type { Sweep } from "../../api/types";
import { Skeleton } from "../../components/Skeleton";
import { lazy } from "../../lib/lazy";
import styles from "../../panels/Panels.module.css";
import { AUTOMATIC, heightOf, partsOf, spansOf } from "../../panels/panels";
import { useFolded, useKeptPanels } from "../../panels/useKeptPanels";
import { useCommon } from "../../view/kept";
import { loggedKeys } from "../../view/loggedKeys";
import { useRunView } from "../../view/RunView";
import { panelsShown } from "./panelSettings";

/** Charts arrive after the page: what they need is not needed to read the rest. */
const SweepPanels = lazy(() => import("./SweepPanels"));

/** Of a card: its head and its edges. */
const CARD = 66;

interface Props {
  sweep: Sweep;
  /** The runs are still on their way. */
  loading: boolean;
}

export function SweepCharts(props: Props) {
  const { entity, project } = props.sweep;
  const waiting = <Waiting sweep={props.sweep} />;
  // Otherwise the automatic panels would be seen first, and then those that are arranged for everybody.
  const isArranged = useCommon(`${entity}/${project}`) !== undefined || SHARED !== null;
  if (!isArranged) return waiting;
  return (
    <Suspense fallback={waiting}>
      <SweepPanels {...props} />
    </Suspense>
  );
}

/** The panels without what they show, as wide and tall as they will be. */
function Waiting({ sweep }: { sweep: Sweep }) {
  const { fields } = useRunView();
  const place = `${sweep.entity}/${sweep.project}`;
  const entries = panelsShown(useKeptPanels(place) ?? AUTOMATIC, fields);
  const [folded] = useFolded(place);
  return (
    <>
      <div className={styles.panels}>
        <div className={styles.bar} />
        {partsOf(entries, folded).map(({ section, panels, open }) => {
          const spans = spansOf(panels);
          return (
            <Fragment key={section?.id ?? ""}>
              {section !== null && <div className={styles.section} />}
              {open &&
                panels.map((panel, i) => (
                  <div
                    key={panel.id}
                    className={styles.panel}
                    style={{ "--span": spans[i] } as React.CSSProperties}
                  >
                    <Skeleton height={(heightOf(panel) ?? 0) + CARD} />
                  </div>
                ))}
            </Fragment>
          );
        })}
      </div>
      {loggedKeys(fields).length > 0 && <div className={styles.section} />}
    </>
  );
}
