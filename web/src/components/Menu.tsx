import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { putBelow } from "../lib/putBelow";
import { Button } from "./Button";
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
const ITEM = 32;

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
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it opens once, where its button is then
  useEffect(() => {
    if (list.current === null || anchor === null) return;
    list.current.showPopover();
    putBelow(anchor, list.current, WIDTH, items.length * ITEM);
    buttonsOf(list.current)[0]?.focus();
  }, []);
  return (
    <div
      ref={list}
      id={id}
      popover="auto"
      role="menu"
      aria-label={label}
      className={styles.menu}
      onKeyDown={(event) => walk(event, list.current)}
      onToggle={(event) => {
        if (event.newState === "closed") close();
      }}
    >
      {items.map((item, i) =>
        item === null ? (
          <hr key={i} className={styles.parting} />
        ) : (
          <button
            key={item.name}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={item.danger ? `${styles.item} ${styles.danger}` : styles.item}
            onClick={() => {
              list.current?.hidePopover();
              item.act();
            }}
          >
            {item.name}
            {item.note !== undefined && <span className={styles.note}>{item.note}</span>}
          </button>
        ),
      )}
    </div>
  );
}

const buttonsOf = (list: HTMLElement) => [...list.querySelectorAll<HTMLElement>("[role=menuitem]")];

function walk(event: KeyboardEvent, list: HTMLElement | null): void {
  if (list === null) return;
  event.stopPropagation();
  const buttons = buttonsOf(list);
  const now = buttons.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Tab") list.hidePopover();
  if (next === undefined) return;
  event.preventDefault();
  buttons.at(next % buttons.length)?.focus();
}
