import { Suspense, useRef } from "react";
import type { Run } from "../../api/types";
import { lazy } from "../../lib/lazy";
import styles from "./RunColors.module.css";

const RunColorPanel = lazy(() => import("./RunColorPanel"));

interface Props {
  run: Run;
  color: string;
  tabIndex: number;
  /** Whether it is being chosen. */
  open: boolean;
  setOpen: (open: boolean) => void;
}

/** The colour of a run in charts; a click changes it. */
export function ColorDot({ run, color, tabIndex, open, setOpen }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        data-part="color"
        className={styles.dot}
        style={{ color }}
        aria-label={`Colour of ${run.name}`}
        aria-haspopup="dialog"
        aria-expanded={open}
        title="Its colour in charts"
        tabIndex={tabIndex}
        onClick={() => setOpen(true)}
      />
      {open && (
        <Suspense>
          <RunColorPanel run={run} anchor={button.current} close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
