import { type ReactNode, useEffect, useReducer, useRef } from "react";
import { InSight } from "../lib/clock";
import { useInSight } from "../lib/useSeen";
import styles from "./CalmView.module.css";
import { CalmViewContext, type RunView, useRunView } from "./RunView";

/** Milliseconds for which a hand must have rested. */
const REST = 200;
/** Milliseconds between two looks at runs that log all the time, out of sight. */
const UNSEEN = 60_000;
/** Milliseconds, longer than until the next change of runs that log all the time: what it shows is drawn in its frame. */
const NEXT_CHANGE = 1_500;

/** What a hand chooses; what that goes by may come later. */
const CHOSEN = ["search", "filter", "brush", "group", "hidden", "selected", "names", "pending"] as const;

const begun = ({ all }: RunView): number =>
  all.reduce((count, { state }) => count + Number(state !== "pending"), 0);
const ended = ({ all }: RunView): number =>
  all.reduce((count, { ended }) => count + Number(ended !== null), 0);

/** Whether the reader has chosen something else, or runs have come, begun, ended or gone; else they have only gone on. */
const isOther = (view: RunView, known: RunView): boolean =>
  view.all.length !== known.all.length ||
  view.colors.coloring !== known.colors.coloring ||
  CHOSEN.some((name) => view[name] !== known[name]) ||
  begun(view) !== begun(known) ||
  ended(view) !== ended(known);

interface Props {
  /** Milliseconds between two looks, while it is in sight, at runs that only go on. */
  every?: number;
  /** Must keep their identity, or be memo components, to gain from all this. */
  children: ReactNode;
}

/**
 * What is inside follows the runs of the page while it is in sight, else once the hand rests, and runs that only go on now
 * and then: so a page of many panels costs as much as those that somebody looks at.
 */
export function CalmView({ every = 0, children }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const inSight = useInSight(place, "0px");
  const view = useRunView();
  const known = useRef({ view, since: 0 });
  const [, follow] = useReducer((count: number) => count + 1, 0);
  // Whether it is in sight is known a moment late, and a box that stays empty under the hand looks broken.
  const ticked = view.selected !== known.current.view.selected;
  const goesOn = view !== known.current.view && !isOther(view, known.current.view);
  const due = known.current.since + (inSight ? every : UNSEEN) - performance.now();
  const early = goesOn ? due > 0 : !inSight;
  const shown = early && !ticked ? known.current.view : view;
  useEffect(() => {
    if (shown === view) {
      if (view !== known.current.view) known.current = { view, since: performance.now() };
      return;
    }
    const timer = setTimeout(
      () => {
        known.current = { view, since: performance.now() };
        follow();
      },
      goesOn ? Math.max(due, NEXT_CHANGE) : REST,
    );
    return () => clearTimeout(timer);
  });
  return (
    <div ref={place} className={styles.place}>
      <InSight value={inSight}>
        <CalmViewContext value={shown}>{children}</CalmViewContext>
      </InSight>
    </div>
  );
}
