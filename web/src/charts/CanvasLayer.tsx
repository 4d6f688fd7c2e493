import { useLayoutEffect, useRef } from "react";
import { useIsDark } from "../app/theme";
import { useInSight } from "../lib/useSeen";
import styles from "./CanvasLayer.module.css";
import { type Colors, readColors } from "./colors";

/** Draws in CSS pixels on a clean canvas. */
export type Draw = (ctx: CanvasRenderingContext2D, colors: Colors) => void;

/** More pixels than this cannot be told apart in thin lines, and cost their square. */
const MOST_PIXEL_RATIO = 2;

interface Props {
  width: number;
  height: number;
  /** Another function draws anew, once that is in sight; so does another theme or size. */
  draw: Draw;
}

/** One of several canvases that lie upon each other, so that what is over the picture can change without it. */
export function CanvasLayer({ width, height, draw }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useIsDark();
  const inSight = useInSight(canvas);
  const drawn = useRef<Props & { dark: boolean; colors: Colors }>(null);
  useLayoutEffect(() => {
    const element = canvas.current;
    const ctx = element?.getContext("2d");
    if (!inSight || element === null || ctx === null || ctx === undefined) return;
    const before = drawn.current;
    const isSame = before?.draw === draw && before.width === width && before.height === height;
    // What comes back into sight is still on the canvas.
    if (isSame && before.dark === dark) return;
    const ratio = Math.min(MOST_PIXEL_RATIO, devicePixelRatio);
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    ctx.scale(ratio, ratio);
    const colors = before?.dark === dark ? before.colors : readColors(element.parentElement ?? element);
    draw(ctx, colors);
    drawn.current = { width, height, draw, dark, colors };
  }, [width, height, draw, dark, inSight]);
  return <canvas ref={canvas} className={styles.layer} style={{ width, height }} />;
}
