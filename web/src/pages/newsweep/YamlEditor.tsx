import { type KeyboardEvent, type RefObject, useId, useState } from "react";
import { YamlLine } from "../../components/CodeBlock";
import { type Completion, completionsAt, indentAfter, placeOf } from "./completion";
import styles from "./YamlEditor.module.css";

interface Props {
  label: string;
  text: string;
  onChange: (text: string) => void;
  /** Lines with something wrong, from 1, and what to call it. */
  marks: ReadonlyMap<number, "error" | "warning">;
  /** Id of what tells of the problems. */
  describedBy: string;
  /** The field itself, to lead a reader to a line. */
  field: RefObject<HTMLTextAreaElement | null>;
}

interface Offer {
  completions: Completion[];
  chosen: number;
  line: number;
  column: number;
  /** Of the caret, in the whole text. */
  at: number;
  word: string;
  /** How far the text is scrolled to the side. */
  scrolled: number;
}

/** A text field with YAML in colours behind it, numbers of lines, marks of problems, and completion of keys and values. */
export function YamlEditor({ label, text, onChange, marks, describedBy, field }: Props) {
  const [offer, setOffer] = useState<Offer | null>(null);
  const list = useId();
  const lines = text.split("\n");

  const look = (area: HTMLTextAreaElement, always: boolean) => {
    const before = area.value.slice(0, area.selectionStart).split("\n");
    const place = { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
    const { word } = placeOf(area.value.split("\n"), place.line, place.column);
    const completions =
      always || word !== "" ? completionsAt(area.value.split("\n"), place.line, place.column) : [];
    const scrolled = area.closest<HTMLElement>("[data-scrolls]")?.scrollLeft ?? 0;
    const at = area.selectionStart;
    setOffer(completions.length === 0 ? null : { completions, chosen: 0, ...place, at, word, scrolled });
  };
  const accept = (area: HTMLTextAreaElement, { word }: Offer, { insert }: Completion) => {
    area.setSelectionRange(area.selectionStart - word.length, area.selectionStart);
    type(area, insert);
    look(area, insert.endsWith(": "));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const area = event.currentTarget;
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      look(area, true);
      return;
    }
    if (offer !== null && moves(event.key)) {
      event.preventDefault();
      if (event.key === "Escape") {
        event.stopPropagation();
        setOffer(null);
      } else if (event.key === "Enter" || event.key === "Tab") {
        const completion = offer.completions[offer.chosen];
        if (completion !== undefined) accept(area, offer, completion);
      } else {
        const count = offer.completions.length;
        const chosen = (offer.chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
        setOffer({ ...offer, chosen });
      }
      return;
    }
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      const before = area.value.slice(0, area.selectionStart).split("\n").at(-1) ?? "";
      type(area, `\n${indentAfter(before)}`);
    }
  };
  return (
    <div className={styles.frame}>
      <div className={styles.scroll} data-scrolls>
        <div className={styles.numbers} aria-hidden="true">
          {lines.map((_, i) => (
            <span key={i} className={marks.has(i + 1) ? styles[marks.get(i + 1) ?? "error"] : undefined}>
              {i + 1}
            </span>
          ))}
        </div>
        <div className={styles.sheet}>
          <pre className={styles.colours} aria-hidden="true">
            {lines.map((line, i) => (
              <span
                key={i}
                className={`${styles.line} ${marks.has(i + 1) ? styles[`${marks.get(i + 1)}Line`] : ""}`}
              >
                <YamlLine line={line} />
                {"\n"}
              </span>
            ))}
          </pre>
          <textarea
            ref={field}
            className={styles.text}
            value={text}
            rows={lines.length}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            wrap="off"
            aria-label={label}
            aria-invalid={[...marks.values()].includes("error")}
            aria-describedby={describedBy}
            aria-autocomplete="list"
            aria-controls={offer === null ? undefined : list}
            aria-activedescendant={offer === null ? undefined : `${list}-${offer.chosen}`}
            onChange={(event) => {
              onChange(event.target.value);
              look(event.target, false);
            }}
            onKeyDown={onKeyDown}
            // What is offered is for one place: written at another, it would cut off what stands there.
            onSelect={({ currentTarget: { selectionStart, selectionEnd } }) =>
              setOffer((known) =>
                known?.at === selectionStart && selectionEnd === selectionStart ? known : null,
              )
            }
            onBlur={() => setOffer(null)}
            onClick={() => setOffer(null)}
          />
        </div>
      </div>
      {offer !== null && (
        <div
          id={list}
          className={styles.offer}
          role="listbox"
          aria-label="Completions"
          style={{
            top: `calc(${offer.line + 1} * 20px + 14px)`,
            left: `min(calc(60px + ${offer.column - offer.word.length} * 1ch - ${offer.scrolled}px), calc(100% - 300px))`,
          }}
        >
          {offer.completions.map((completion, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the text field
            <div
              key={completion.label}
              id={`${list}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === offer.chosen}
              className={styles.option}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => field.current !== null && accept(field.current, offer, completion)}
            >
              <span>{completion.label}</span>
              <span className={styles.hint}>{completion.hint}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

const moves = (key: string) => ["ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"].includes(key);

/** Writes at the caret in the one way that the browser's own undo knows of. */
function type(area: HTMLTextAreaElement, text: string): void {
  area.focus();
  if (document.execCommand?.("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Puts the caret at the beginning of a line, from 1, and shows it. */
export function goToLine(area: HTMLTextAreaElement | null, line: number): void {
  if (area === null) return;
  const start =
    area.value
      .split("\n")
      .slice(0, line - 1)
      .join("\n").length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(start, start);
}
