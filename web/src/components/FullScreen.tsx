import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";
import { Button } from "./Button";
import { CardFrame, type Frame } from "./Card";
import styles from "./FullScreen.module.css";
import { CrossIcon, EnlargeIcon } from "./signs";

const MARK = "data-full-screen";

/** Which card fills the screen, and how tall it is in its place: one at most, so the page has one place to keep it. */
const screen = {
  current: null as { id: string; height: number } | null,
  listeners: new Set<() => void>(),
  get: (id: string) => (screen.current?.id === id ? screen.current.height : null),
  set: (id: string | null) => {
    const place = id === null ? null : document.querySelector(`[${MARK}="${id}"]`);
    screen.current = id === null || place === null ? null : { id, height: place.clientHeight };
    for (const listener of screen.listeners) listener();
  },
  subscribe: (listener: () => void) => {
    screen.listeners.add(listener);
    return () => screen.listeners.delete(listener);
  },
};

/** The next card of the page, in the order in which they stand on it. */
function step(by: 1 | -1): void {
  const ids = [...document.querySelectorAll(`[${MARK}]`)].map((place) => place.getAttribute(MARK));
  const at = ids.indexOf(screen.current?.id ?? null);
  screen.set(ids[(at + by + ids.length) % ids.length] ?? null);
}

const TOOLS = "data-tools";

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

/**
 * A card that can fill the screen; there the arrow keys go on to the others, and Escape goes back. There is only one of it,
 * for what is written in one of two would not be in the other: meanwhile its place is kept free.
 */
export function FullScreen({ height, tools = enlargeButton, drag, children }: Props) {
  const id = useId();
  const outer = useContext(CardFrame);
  const place = useRef<HTMLDivElement>(null);
  const freed = useSyncExternalStore(screen.subscribe, () => screen.get(id));
  const open = freed !== null;
  useEffect(() => () => void (screen.get(id) !== null && screen.set(null)), [id]);
  const wasOpen = useRef(false);
  useLayoutEffect(() => {
    // The button that enlarged it was away with it, so the browser cannot give the focus back.
    if (wasOpen.current && !open && screen.current === null)
      place.current?.querySelector<HTMLElement>(`[${TOOLS}] button`)?.focus();
    wasOpen.current = open;
  }, [open]);
  const frame = useMemo<Frame>(
    () => ({
      titleId: `${id}-title`,
      tools: (title) => (
        <span className={styles.tools} {...{ [TOOLS]: "" }}>
          {tools(title, () => screen.set(id))}
        </span>
      ),
      drag,
    }),
    [id, tools, drag],
  );
  // Whoever is around it already knows how to enlarge it.
  if (outer !== null) return children(height);
  return (
    <div ref={place} className={styles.place} {...{ [MARK]: id }}>
      {open ? (
        <>
          <div style={{ height: freed }} />
          <Enlarged>{children}</Enlarged>
        </>
      ) : (
        <CardFrame value={frame}>{children(height)}</CardFrame>
      )}
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

/** Fields, axes that the arrow keys move, and what they scroll. */
const OWN_ARROWS = 'input, select, textarea, [role=slider], [popover], [tabindex="0"]';

function walk(event: KeyboardEvent): void {
  if (event.defaultPrevented || (event.target as HTMLElement).closest(OWN_ARROWS) !== null) return;
  // With these they go back in the history, or select.
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { scrollHeight, clientHeight } = event.currentTarget;
  const scrolls = scrollHeight > clientHeight;
  if (event.key === "ArrowRight" || (event.key === "ArrowDown" && !scrolls)) step(1);
  if (event.key === "ArrowLeft" || (event.key === "ArrowUp" && !scrolls)) step(-1);
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
