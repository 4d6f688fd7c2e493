import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useContext,
  useEffect,
  useId,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";
import { Button } from "./Button";
import { CardFrame, type Frame } from "./Card";
import styles from "./FullScreen.module.css";
import { CrossIcon, EnlargeIcon } from "./signs";

/** Which card fills the screen: one at most, so the page has one place to keep it. */
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

/** The next card of the page, in the order in which they stand on it. */
function step(by: 1 | -1): void {
  const ids = [...document.querySelectorAll(`[${MARK}]`)].map((place) => place.getAttribute(MARK));
  const at = ids.indexOf(screen.current);
  screen.set(ids[(at + by + ids.length) % ids.length] ?? null);
}

interface Props {
  /** Of what the card shows, in its place. */
  height: number;
  /** What is at the end of the card's head instead of a button that enlarges it. */
  tools?: (title: string, enlarge: () => void) => ReactNode;
  drag?: (event: PointerEvent) => void;
  /** The card, for something of this height. */
  children: (height: number) => ReactNode;
}

const enlargeButton = (title: string, enlarge: () => void) => (
  <Button look="ghost" aria-label={`Enlarge ${title}`} title="Full screen" onClick={enlarge}>
    <EnlargeIcon />
  </Button>
);

/** A card that can fill the screen; there the arrow keys go on to the others, and Escape goes back. */
export function FullScreen({ height, tools = enlargeButton, drag, children }: Props) {
  const id = useId();
  const outer = useContext(CardFrame);
  const open = useSyncExternalStore(screen.subscribe, () => screen.get() === id);
  useEffect(() => () => void (screen.get() === id && screen.set(null)), [id]);
  const frame = useMemo<Frame>(
    () => ({ titleId: `${id}-title`, tools: (title) => tools(title, () => screen.set(id)), drag }),
    [id, tools, drag],
  );
  // Whoever is around it already knows how to enlarge it.
  if (outer !== null) return children(height);
  return (
    <div className={styles.place} {...{ [MARK]: id }}>
      <CardFrame value={frame}>{children(height)}</CardFrame>
      {open && <Enlarged>{children}</Enlarged>}
    </div>
  );
}

/** What a dialog needs beside what its card shows. */
const AROUND = 140;

function Enlarged({ children }: Pick<Props, "children">) {
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // Not its first field: the arrow keys would change that.
    dialog.current?.focus();
  }, []);
  const frame = useMemo<Frame>(
    () => ({ titleId, bare: true, tools: () => <Steps close={() => dialog.current?.close()} /> }),
    [titleId],
  );
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      tabIndex={-1}
      aria-labelledby={titleId}
      onClose={({ target }) => target === dialog.current && screen.set(null)}
      onKeyDown={walk}
    >
      <CardFrame value={frame}>{children(Math.max(240, window.innerHeight - AROUND))}</CardFrame>
    </dialog>
  );
}

/** Fields, and axes that the arrow keys move. */
const OWN_ARROWS = "input, select, textarea, [role=slider], [popover]";

function walk(event: KeyboardEvent): void {
  if (event.defaultPrevented || (event.target as HTMLElement).closest(OWN_ARROWS) !== null) return;
  if (event.key === "ArrowRight" || event.key === "ArrowDown") step(1);
  if (event.key === "ArrowLeft" || event.key === "ArrowUp") step(-1);
}

const Steps = ({ close }: { close: () => void }) => (
  <>
    <Button look="ghost" aria-label="Previous chart" title="Previous chart (←)" onClick={() => step(-1)}>
      ←
    </Button>
    <Button look="ghost" aria-label="Next chart" title="Next chart (→)" onClick={() => step(1)}>
      →
    </Button>
    <Button look="ghost" aria-label="Close" title="Close (Esc)" onClick={close}>
      <CrossIcon />
    </Button>
  </>
);
