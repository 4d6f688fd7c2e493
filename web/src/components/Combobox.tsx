import { type KeyboardEvent, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { found } from "../lib/fuzzy";
import { putBelow } from "../lib/putBelow";
import styles from "./Combobox.module.css";

export interface ComboOption {
  value: string;
  name: string;
  /** Where it comes from, behind its name. */
  note?: string;
}

interface Props {
  label: string;
  options: readonly ComboOption[];
  /** What stands in the field before anything is typed. */
  text: string;
  /** An option was chosen. */
  onChoose: (value: string) => void;
  /** Where text that is no option counts too: it was typed. */
  onText?: (text: string) => void;
  placeholder?: string;
  className?: string;
  autoFocus?: boolean;
}

const MOST = 50;

/** A text field that completes names. Without `onText` only an option can be chosen, and other text is taken back. */
export function Combobox({
  label,
  options,
  text,
  onChoose,
  onText,
  placeholder,
  className,
  autoFocus = false,
}: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  /** What was typed since the list opened; null while it is closed. */
  const [typed, setTyped] = useState<string | null>(null);
  /** Which option Enter takes. Where other text counts too, none until a hand has walked to it. */
  const first = onText === undefined ? 0 : -1;
  const [active, setActive] = useState(first);
  const open = typed !== null;
  const offered = useMemo(
    () => (typed === null ? [] : found(typed, "fuzzy", options, ({ name }) => name).slice(0, MOST)),
    [typed, options],
  );
  const visible = open && offered.length > 0;
  useLayoutEffect(() => {
    if (list.current === null || input.current === null) return;
    if (visible) {
      list.current.showPopover();
      putBelow(input.current, list.current, Math.max(240, input.current.offsetWidth), "left");
      list.current.style.minHeight = ""; // however little is found, it stands against the field
    } else if (list.current.matches(":popover-open")) list.current.hidePopover();
  }, [visible]);

  const close = () => {
    setTyped(null);
    setActive(first);
  };
  const choose = (option: ComboOption | undefined) => {
    if (option === undefined) return;
    onChoose(option.value);
    close();
  };
  const walk = (to: number) => {
    const next = (to + offered.length) % offered.length;
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) {
        setTyped("");
        setActive(0);
      } else if (visible) walk(event.key === "ArrowDown" ? active + 1 : Math.max(0, active) - 1);
    } else if (event.key === "Enter" && visible && active >= 0) {
      event.preventDefault();
      choose(offered[active]);
    } else if (event.key === "Enter" && open) {
      close();
    } else if (event.key === "Escape" && open) {
      event.preventDefault(); // closes the list, not what it lies in
      event.stopPropagation();
      close();
    }
  };
  return (
    <>
      <input
        ref={input}
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={visible}
        aria-controls={id}
        aria-activedescendant={visible && active >= 0 ? `${id}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        // biome-ignore lint/a11y/noAutofocus: it appears because the reader asked for it
        autoFocus={autoFocus}
        className={className}
        placeholder={placeholder}
        value={open && onText === undefined ? typed : text}
        onFocus={(event) => event.target.select()}
        onClick={() => setTyped((known) => known ?? "")}
        onChange={({ target }) => {
          setTyped(target.value);
          setActive(first);
          onText?.(target.value);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <div ref={list} id={id} popover="manual" role="listbox" aria-label={label} className={styles.list}>
        {offered.map((option, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and says which one is meant
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
          <div
            key={option.value}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === active}
            className={styles.option}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
          >
            {option.name}
            {option.note !== undefined && <span className={styles.note}>{option.note}</span>}
          </div>
        ))}
      </div>
    </>
  );
}
