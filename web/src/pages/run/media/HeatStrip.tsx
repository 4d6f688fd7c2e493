import { useEffect, useMemo, useRef } from "react";
import { useIsDark } from "../../../app/theme";
import { readColors } from "../../../charts/colors";
import { formatCount, formatNumber } from "../../../lib/format";
import styles from "./Histogram.module.css";
import { edges, rebinned } from "./histograms";
import { isHistogram, type Logged } from "./mediaValues";

const ROWS = 48;
const FAINTEST = 0.06;

interface Props {
  logged: readonly Logged[];
  /** Of the step that is shown above. */
  index: number;
  choose: (index: number) => void;
}

/** Histograms of all steps side by side: the darker, the more values. A click shows that step. */
export function HeatStrip({ logged, index, choose }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useIsDark();
  const histograms = useMemo(() => logged.map(({ value }) => value).filter(isHistogram), [logged]);
  const [low, high] = useMemo(() => edges(histograms), [histograms]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew when the theme changes
  useEffect(() => {
    const element = canvas.current;
    const ctx = element?.getContext("2d");
    if (element === null || !ctx) return;
    element.width = histograms.length;
    element.height = ROWS;
    ctx.fillStyle = readColors(element.parentElement as HTMLElement).dot;
    for (const [x, histogram] of histograms.entries()) {
      const counts = rebinned(histogram, low, high, ROWS);
      const most = Math.max(...counts);
      for (const [row, count] of counts.entries()) {
        if (count <= 0) continue;
        ctx.globalAlpha = FAINTEST + (1 - FAINTEST) * Math.sqrt(count / most);
        ctx.fillRect(x, ROWS - 1 - row, 1, 1);
      }
    }
  }, [histograms, low, high, dark]);
  const pick = (event: React.PointerEvent) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * histograms.length);
    choose(Math.max(0, Math.min(histograms.length - 1, at)));
  };
  return (
    <div className={styles.strip}>
      <div className={styles.rows} aria-hidden="true">
        <span>{formatNumber(high, 3)}</span>
        <span>{formatNumber(low, 3)}</span>
      </div>
      {/* The slider above does the same for the keyboard. */}
      <div className={styles.map} onPointerDown={pick} onPointerMove={pick}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Histograms of ${histograms.length} steps from ${logged[0]?.step} to ${logged.at(-1)?.step}`}
        />
        <i
          className={styles.cursor}
          style={{ left: `${(100 * index) / histograms.length}%`, width: `${100 / histograms.length}%` }}
        />
      </div>
      <div className={styles.steps} aria-hidden="true">
        <span>Step {formatCount(logged[0]?.step ?? 0)}</span>
        <span>{formatCount(logged.at(-1)?.step ?? 0)}</span>
      </div>
    </div>
  );
}
