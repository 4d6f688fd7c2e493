/** The part of the x axis that the charts of a page show: chosen in one, followed by all with the same axis. */
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type uPlot from "uplot";
import { Button } from "../components/Button";
import type { Against } from "./curveLines";

/** An end that is left open is infinite. */
export type Window = readonly [from: number, to: number];

export class Zoom {
  private readonly windows = new Map<string, Window>();
  private readonly listeners = new Set<() => void>();

  get = (axis: string): Window | null => this.windows.get(axis) ?? null;

  /** Without a window the whole axis is shown again. */
  set = (axis: string, window: Window | null): void => {
    if (window === null) this.windows.delete(axis);
    else this.windows.set(axis, window);
    for (const listener of this.listeners) listener();
  };

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

/** Charts against the same thing show the same part of it. */
export const axisOf = ({ kind, name }: Against): string => `${kind} ${name}`;

const ZoomContext = createContext<Zoom | null>(null);

export function ZoomProvider({ children }: { children: ReactNode }) {
  const [zoom] = useState(() => new Zoom());
  return <ZoomContext.Provider value={zoom}>{children}</ZoomContext.Provider>;
}

/** Of the page; without a provider the chart's own. */
export function useZoom(): Zoom {
  const [own] = useState(() => new Zoom());
  return useContext(ZoomContext) ?? own;
}

export const useWindow = (zoom: Zoom, axis: string): Window | null =>
  useSyncExternalStore(zoom.subscribe, () => zoom.get(axis));

/** Milliseconds: a hand that zooms or moves must not ask for points at each of its places. */
const REST = 250;

/** The window once the hand rests; null while everything is shown. */
export function useSettledWindow(axis: string): Window | null {
  const zoom = useZoom();
  const [settled, setSettled] = useState({ axis, window: zoom.get(axis) });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = () => {
      const window = zoom.get(axis);
      setSettled((known) => (known.axis === axis && known.window === window ? known : { axis, window }));
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(settle, REST);
    };
    wait();
    const leave = zoom.subscribe(wait);
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, [zoom, axis]);
  return settled.axis === axis ? settled.window : null;
}

/** Appears while only a part is shown. */
export function ZoomReset({ against }: { against: Against }) {
  const zoom = useZoom();
  const axis = axisOf(against);
  if (useWindow(zoom, axis) === null) return null;
  return (
    <Button look="ghost" onClick={() => zoom.set(axis, null)}>
      Show all
    </Button>
  );
}

/** A drag chooses a window, with Shift it moves it, a double click shows everything. */
export function zoomGestures(zoom: Zoom, axis: string): Pick<uPlot.Options, "cursor" | "hooks"> {
  return {
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          zoom.set(axis, null);
          return null;
        },
        mousedown: (plot, _, choose) => (event) => {
          if (event.shiftKey && event.button === 0) pan(plot, zoom, axis, event);
          else choose(event);
          return null;
        },
      },
    },
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width === 0) return;
          zoom.set(axis, [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")]);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function pan(plot: uPlot, zoom: Zoom, axis: string, start: MouseEvent): void {
  const { left: edge } = plot.over.getBoundingClientRect();
  const width = plot.over.clientWidth;
  const at = (left: number) => plot.posToVal(left, "x");
  const before = [at(0), at(width)] as const;
  const held = at(start.clientX - edge);
  const move = (event: MouseEvent) => {
    const shift = held - (before[0] + ((before[1] - before[0]) * (event.clientX - edge)) / width);
    zoom.set(axis, [before[0] + shift, before[1] + shift]);
  };
  const end = () => {
    document.removeEventListener("mousemove", move);
    document.removeEventListener("mouseup", end);
  };
  document.addEventListener("mousemove", move);
  document.addEventListener("mouseup", end);
}
