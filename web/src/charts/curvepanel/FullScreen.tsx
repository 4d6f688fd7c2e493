import { type ReactNode, useEffect, useId, useRef, useSyncExternalStore } from "react";
import { Button } from "../../components/Button";
import styles from "./FullScreen.module.css";
import { CLOSE, EXPAND } from "./icons";

/** Which chart fills the screen: one at most, so the page has one place to keep it. */
const screen = {
  current: null as string | null,
  listeners: new Set<() => void>(),
  get: () => screen.current,
  set: (id: string | null) => {
    screen.current = id;
    for (const listener of screen.listeners) listener();
  },
  subscribe: (listener: () => void) => {
    screen.listeners.add(listener);
    return () => screen.listeners.delete(listener);
  },
};

const MARK = "data-full-screen";

/** The next chart of the page, in the order in which they stand on it. */
function step(by: 1 | -1): void {
  const ids = [...document.querySelectorAll(`[${MARK}]`)].map((place) => place.getAttribute(MARK));
  const at = ids.indexOf(screen.current);
  screen.set(ids[(at + by + ids.length) % ids.length] ?? null);
}

interface Props {
  title: string;
  tools: ReactNode;
  /** The chart in this height. */
  body: (height: number) => ReactNode;
  /** The chart in its place, with the button that enlarges it; while `enlarged` it is drawn elsewhere. */
  children: (open: ReactNode, enlarged: boolean) => ReactNode;
}

/** A chart that can fill the screen; there the arrow keys go on to the others, and Escape goes back. */
export function FullScreen({ title, tools, body, children }: Props) {
  const id = useId();
  const open = useSyncExternalStore(screen.subscribe, () => screen.get() === id);
  useEffect(() => () => void (screen.get() === id && screen.set(null)), [id]);
  const button = (
    <Button look="ghost" aria-label={`Enlarge ${title}`} title="Full screen" onClick={() => screen.set(id)}>
      {EXPAND}
    </Button>
  );
  return (
    <div className={styles.place} {...{ [MARK]: id }}>
      {children(button, open)}
      {open && <Enlarged title={title} tools={tools} body={body} />}
    </div>
  );
}

/** What a dialog needs beside its chart. */
const AROUND = 140;

function Enlarged({ title, tools, body }: Omit<Props, "children">) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label={title}
      onClose={() => screen.set(null)}
      onKeyDown={({ key, target }) => {
        if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
        if (key === "ArrowRight" || key === "ArrowDown") step(1);
        if (key === "ArrowLeft" || key === "ArrowUp") step(-1);
      }}
    >
      <header className={styles.head}>
        <h2>{title}</h2>
        <div className={styles.tools}>
          {tools}
          <Button
            look="ghost"
            aria-label="Previous chart"
            title="Previous chart (←)"
            onClick={() => step(-1)}
          >
            ←
          </Button>
          <Button look="ghost" aria-label="Next chart" title="Next chart (→)" onClick={() => step(1)}>
            →
          </Button>
          <Button look="ghost" aria-label="Close" title="Close (Esc)" onClick={() => dialog.current?.close()}>
            {CLOSE}
          </Button>
        </div>
      </header>
      {body(Math.max(240, window.innerHeight - AROUND))}
    </dialog>
  );
}
