import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { Button } from "./Button";
import { Floating } from "./Floating";
import floating from "./Floating.module.css";
import styles from "./Menu.module.css";

export interface MenuItem {
  name: string;
  act: () => void;
  danger?: boolean;
  /** Said behind the name: what is on. */
  note?: string;
  /** The same, of what does it without the menu, where there is a keyboard. */
  keys?: string;
}

/** Items that complete what the name begins: "Move to". */
export interface MenuGroup {
  name: string;
  items: readonly MenuItem[];
}

/** null parts what does not belong together. */
export type MenuEntry = MenuItem | MenuGroup | null;

interface Props {
  /** What the menu is of: "Actions of run 7". */
  label: string;
  /** On the button. */
  name: ReactNode;
  look?: "plain" | "ghost";
  className?: string;
  /** Asked for when it opens, and kept while it is: nothing else comes under a finger that is on its way. */
  items: () => readonly MenuEntry[];
  /** Some of them may still be on their way when it opens. */
  arriving?: boolean;
  tabIndex?: number;
}

const WIDTH = 224;

/** A button that opens a list of actions. Arrow keys walk through it, Escape and a click elsewhere close it. */
export function Menu({ label, name, look = "ghost", className, items, arriving = false, tabIndex }: Props) {
  const [open, setOpen] = useState<readonly MenuEntry[] | null>(null);
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button
        ref={button}
        look={look}
        className={className}
        tabIndex={tabIndex}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open !== null}
        aria-controls={open === null ? undefined : id}
        onClick={() => setOpen(items())}
      >
        {name}
      </Button>
      {open !== null && (
        <Items
          id={id}
          label={label}
          anchor={button.current}
          items={arriving ? items() : open}
          close={() => setOpen(null)}
        />
      )}
    </>
  );
}

interface ItemsProps {
  id: string;
  label: string;
  anchor: HTMLElement | null;
  items: readonly MenuEntry[];
  close: () => void;
}

function Items({ id, label, anchor, items, close }: ItemsProps) {
  return (
    <Floating
      id={id}
      role="menu"
      aria-label={label}
      className={floating.list}
      anchor={anchor}
      width={WIDTH}
      onKeyDown={walk}
      onClose={close}
    >
      <Entries entries={items} />
    </Floating>
  );
}

const Entries = ({ entries }: { entries: readonly MenuEntry[] }) =>
  entries.map((entry, i) =>
    entry === null ? (
      <hr key={i} className={styles.parting} />
    ) : "items" in entry ? (
      // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's
      <div key={i} role="group" aria-label={entry.name}>
        <div className={styles.group} aria-hidden="true">
          {entry.name}
        </div>
        <Entries entries={entry.items} />
      </div>
    ) : (
      <Item key={i} {...entry} />
    ),
  );

const Item = ({ name, act, danger = false, note, keys }: MenuItem) => (
  <button
    type="button"
    role="menuitem"
    tabIndex={-1}
    className={danger ? `${styles.item} ${styles.danger}` : styles.item}
    onClick={({ currentTarget }) => {
      // Not only out of the document: so the focus goes back to where it was.
      currentTarget.closest<HTMLElement>("[popover]")?.hidePopover();
      act();
    }}
  >
    <span className={styles.name}>{name}</span>
    {note !== undefined && <span className={styles.note}>{note}</span>}
    {keys !== undefined && <span className={`${styles.note} ${styles.keys}`}>{keys}</span>}
  </button>
);

function walk(event: KeyboardEvent<HTMLDivElement>): void {
  event.stopPropagation();
  const list = event.currentTarget;
  const buttons = [...list.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const now = buttons.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Tab") list.hidePopover();
  if (next === undefined) return;
  event.preventDefault();
  buttons.at(next % buttons.length)?.focus();
}
