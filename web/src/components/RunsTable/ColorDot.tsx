import { lazy, Suspense, useRef, useState } from "react";
import type { Run } from "../../api/types";
import styles from "./RunColors.module.css";

const RunColorPanel = lazy(() => import("./RunColorPanel"));

interface Props {
  run: Run;
  color: string;
  tabIndex: number;
}

/** The colour of a run in charts; a click changes it. */
export function ColorDot({ run, color, tabIndex }: Props) {
  const [open, setOpen] = useState(false);
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
