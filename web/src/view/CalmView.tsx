import { type ReactNode, useEffect, useReducer, useRef } from "react";
import { ClocksRun } from "../lib/clock";
import { useInSight } from "../lib/useSeen";
import styles from "./CalmView.module.css";
import { type RunView, RunViewContext, useRunView } from "./RunView";

/** Milliseconds for which a hand must have rested. */
const REST = 200;
/** Milliseconds between two looks at runs that log all the time. */
const EVERY = 10_000;

const BY_HAND = ["search", "filter", "brush", "group", "hidden", "selected"] as const;

/** Whether the reader has chosen something else, or runs have come or gone; else runs have only gone on. */
const isOther = (view: RunView, known: RunView): boolean =>
  view.all.length !== known.all.length ||
  view.colors.coloring !== known.colors.coloring ||
  BY_HAND.some((name) => view[name] !== known[name]);

/**
 * What is inside follows the runs of the page at once while it is in sight, else once the hand rests, and runs that only go
 * on now and then: so a page of many panels costs as much as those that somebody looks at. Its children must keep their
 * identity, or be memo components, to gain from it.
 */
export function CalmView({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const inSight = useInSight(place, "0px");
  const view = useRunView();
  const known = useRef({ view, since: 0 });
  const [, follow] = useReducer((count: number) => count + 1, 0);
  // Whether it is in sight is known a moment late, and a box that stays empty under the hand looks broken.
  const ticked = view.selected !== known.current.view.selected;
  const shown = inSight || ticked ? view : known.current.view;
  useEffect(() => {
    const look = () => {
      known.current = { view, since: performance.now() };
    };
    if (inSight) return look();
    if (view === known.current.view) return;
    const rest = isOther(view, known.current.view)
      ? REST
      : Math.max(REST, known.current.since + EVERY - performance.now());
    const timer = setTimeout(() => {
      look();
      follow();
    }, rest);
    return () => clearTimeout(timer);
  }, [view, inSight]);
  return (
    <div ref={place} className={styles.place}>
      <ClocksRun value={inSight}>
        <RunViewContext value={shown}>{children}</RunViewContext>
      </ClocksRun>
    </div>
  );
}
