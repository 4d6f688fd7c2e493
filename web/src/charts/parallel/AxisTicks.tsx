import type { Column, Geometry } from "./lines";
import styles from "./Parallel.module.css";

/** Room for a word, in pixels. */
const TICK = 24;

/** Axes with the words beside them. */
export function AxisTicks({
  columns,
  geometry: { xs, top, foot },
  width,
  height,
}: {
  columns: readonly Column[];
  geometry: Geometry;
  width: number;
  height: number;
}) {
  return (
    <svg className={styles.ticks} width={width} height={height} aria-hidden="true">
      {columns.map(({ field, scale, flip }, i) => (
        <g key={field.id} transform={`translate(${xs[i]} 0)`}>
          <line y1={top} y2={foot} />
          {scale.ticks(Math.floor((foot - top) / TICK)).map(({ at, text }) => (
            <g key={at} transform={`translate(0 ${foot - (flip ? 1 - at : at) * (foot - top)})`}>
              {/* At the left: beside the number it would look like its minus. */}
              <line x1={-4} x2={0} />
              <text x={6} dy="0.35em">
                {text.length > 14 ? `${text.slice(0, 13)}…` : text}
              </text>
            </g>
          ))}
        </g>
      ))}
    </svg>
  );
}
