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
import { cardInAddress, enlarge, freedHeight, leave, MARK, step, subscribe } from "./screen";
import { CrossIcon, EnlargeIcon } from "./signs";

const TOOLS = "data-tools";

interface Props {
  /** Names it in the address; no other on the page has it. */
  name: string;
  /** Of what the card shows, in its place. */
  height: number;
  /** What is at the end of the card's head instead of a button that enlarges it. */
  tools?: (title: string, enlarge: () => void) => ReactNode;
  drag?: ((event: PointerEvent) => void) | undefined;
  /** Of the title among the headings of the page. */
  level?: 2 | 3;
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
export function FullScreen({ name, height, tools = enlargeButton, drag, level = 2, children }: Props) {
  const id = useId();
  const outer = useContext(CardFrame);
  const place = useRef<HTMLDivElement>(null);
  const freed = useSyncExternalStore(subscribe, () => freedHeight(name));
  const open = freed !== null;
  const wasOpen = useRef(false);
  useLayoutEffect(() => {
    // The button that enlarged it was away with it, so the browser cannot give the focus back.
    if (wasOpen.current && !open && cardInAddress() === null)
      place.current?.querySelector<HTMLElement>(`[${TOOLS}] button`)?.focus();
    wasOpen.current = open;
  }, [open]);
  const frame = useMemo<Frame>(
    () => ({
      titleId: `${id}-title`,
      tools: (title) => (
        <span className={styles.tools} {...{ [TOOLS]: "" }}>
          {tools(title, () => enlarge(name))}
        </span>
      ),
      drag,
      level,
    }),
    [id, name, tools, drag, level],
  );
  // Whoever is around it already knows how to enlarge it.
  if (outer !== null) return children(height);
  return (
    <div ref={place} className={styles.place} {...{ [MARK]: name }}>
      {open ? (
        <>
          <div style={{ height: freed || height }} />
          <Enlarged>{children}</Enlarged>
        </>
      ) : (
        <CardFrame value={frame}>{children(height)}</CardFrame>
      )}
    </div>
  );
}

/** What a dialog needs beside what its card shows; where its head and the legend take two lines, more. */
const around = () => (window.innerWidth <= 560 ? 208 : 140);

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
      // At once: the event of its end comes later than keys that follow Escape, one of which may hide the panel.
      onCancel={({ target }) => target === dialog.current && leave()}
      onClose={({ target }) => target === dialog.current && leave()}
      onKeyDown={walk}
    >
      <CardFrame value={frame}>{children(Math.max(240, window.innerHeight - around()))}</CardFrame>
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
