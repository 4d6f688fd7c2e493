import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { Button } from "./Button";
import { Floating } from "./Floating";
import floating from "./Floating.module.css";
import styles from "./Menu.module.css";

export interface MenuItem {
  name: string;
  act: () => void;
  danger?: boolean;
  /** Said behind the name: what is on, a key. */
  note?: string;
}

interface Props {
  /** What the menu is of: "Actions of run 7". */
  label: string;
  /** On the button. */
  name: ReactNode;
  look?: "plain" | "ghost";
  className?: string;
  /** Asked for when it opens; null parts what does not belong together. */
  items: () => readonly (MenuItem | null)[];
  tabIndex?: number;
}

const WIDTH = 224;

/** A button that opens a list of actions. Arrow keys walk through it, Escape and a click elsewhere close it. */
export function Menu({ label, name, look = "ghost", className, items, tabIndex }: Props) {
  const [open, setOpen] = useState(false);
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
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(true)}
      >
        {name}
      </Button>
      {open && (
        <Items id={id} label={label} anchor={button.current} items={items()} close={() => setOpen(false)} />
      )}
    </>
  );
}

interface ItemsProps {
  id: string;
  label: string;
  anchor: HTMLElement | null;
  items: readonly (MenuItem | null)[];
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
      {items.map((item, i) =>
        item === null ? (
          <hr key={i} className={styles.parting} />
        ) : (
          <button
            key={i}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={item.danger ? `${styles.item} ${styles.danger}` : styles.item}
            onClick={({ currentTarget }) => {
              // Not only out of the document: so the focus goes back to where it was.
              currentTarget.closest<HTMLElement>("[popover]")?.hidePopover();
              item.act();
            }}
          >
            <span className={styles.name}>{item.name}</span>
            {item.note !== undefined && <span className={styles.note}>{item.note}</span>}
          </button>
        ),
      )}
    </Floating>
  );
}

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
