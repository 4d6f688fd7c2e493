import { useEffect, useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useIsDark } from "../app/theme";
import { useInSight } from "../lib/useSeen";
import { type Colors, readColors } from "./colors";
import styles from "./Plot.module.css";

export type PlotOptions = (colors: Colors) => Omit<uPlot.Options, "width" | "height">;

interface Props {
  /** Must keep its identity while nothing but the data changes: another one draws the plot anew. */
  options: PlotOptions;
  data: uPlot.AlignedData;
  height: number;
  /** What a person who cannot see the plot should know. */
  label: string;
  children?: React.ReactNode;
}

/** uPlot inside React: follows the width of its place, the theme and the data. What part is shown, its scales say. */
export function Plot({ options, data, height, label, children }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(data);
  const dark = useIsDark();
  latest.current = data;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew when the theme changes
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    const drawn = new uPlot(
      { ...options(readColors(element)), width: element.clientWidth, height },
      latest.current,
      element,
    );
    plot.current = drawn;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== drawn.width) drawn.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [options, height, dark]);

  const inSight = useInSight(place);
  useEffect(() => {
    const drawn = plot.current;
    if (!inSight || drawn === null || drawn.data === data) return;
    drawn.setData(data);
  }, [data, inSight]);

  return (
    <div className={styles.plot} style={{ height }}>
      <div ref={place} role="img" aria-label={label} className={styles.place} />
      {children}
    </div>
  );
}
