import styles from "./Tooltip.module.css";

export interface TooltipContent {
  /** Pixels from the left and top of the plot. */
  left: number;
  top: number;
  title: string;
  lines: [name: string, value: string][];
}

/** Beside the cursor, on the side where there is room. */
export function Tooltip({ left, top, title, lines, width }: TooltipContent & { width: number }) {
  const onLeft = left > width / 2;
  const style = onLeft ? { right: width - left + 14, top } : { left: left + 14, top };
  return (
    <div className={styles.tooltip} style={style} aria-hidden="true">
      <strong>{title}</strong>
      <dl>
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
