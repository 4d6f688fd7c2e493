import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useDeferredValue, useRef, useState } from "react";
import { useLocation } from "wouter";
import { Dialog } from "../components/Dialog";
import { ErrorNote } from "../components/ErrorNote";
import { StateWord } from "../components/StateIcon";
import { allOwnNames } from "../view/useOwnNames";
import styles from "./QuickSearch.module.css";
import { type Hit, MOST, quickSearchQuery } from "./quickSearchQuery";
import { projectPath, runPath, sweepPath } from "./routes";

const KINDS = { project: "Projects", sweep: "Sweeps", run: "Runs" } as const;
/** Whoever has a finger only has no use for it. */
const HELP = window.matchMedia("(hover: none)").matches ? "" : "Enter opens, arrows choose, Escape leaves.";

/** Goes to any project, sweep or run by a part of its name or id. All by keyboard: type, arrows, Enter, Escape. */
export default function QuickSearch({ close }: { close: () => void }) {
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const text = useDeferredValue(typed.trim());
  const [names] = useState(allOwnNames);
  const search = useQuery(quickSearchQuery(text, names));
  const found = text === "" ? [] : (search.data ?? []);
  const open = (one: Hit | undefined) => {
    if (one === undefined) return;
    close();
    navigate(addressOf(one));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && !search.isPlaceholderData) open(found[active]);
    if (step === undefined || found.length === 0) return;
    event.preventDefault();
    const next = (active + step + found.length) % found.length;
    setActive(next);
    list.current?.querySelectorAll("[role=option]")[next]?.scrollIntoView({ block: "nearest" });
  };
  return (
    <Dialog title="Go to a project, sweep or run" titleHidden width={560} onClose={close}>
      <input
        role="combobox"
        aria-label="Name or ID"
        aria-expanded={found.length > 0}
        aria-controls="quick-search"
        aria-activedescendant={found.length > 0 ? `quick-search-${active}` : undefined}
        autoFocus
        className={styles.input}
        placeholder="Name or ID of a project, sweep or run"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      {search.error !== null && <ErrorNote error={search.error} />}
      <p className={styles.hint} role="status">
        {text !== "" && search.isSuccess && !search.isPlaceholderData && found.length === 0
          ? `Nothing has “${text}” in its name or ID.`
          : HELP}
        {isCut(found) && ` Only ${MOST} of a kind are shown: type more to find others.`}
      </p>
      <div ref={list} id="quick-search" role="listbox" aria-label="Found" className={styles.list}>
        {found.map((one, i) => (
          <div key={`${one.kind} ${one.url}`} role="presentation">
            {one.kind !== found[i - 1]?.kind && (
              <p className={styles.kind} role="presentation">
                {KINDS[one.kind]}
              </p>
            )}
            {/* biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and says which one is meant */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's */}
            <div
              id={`quick-search-${i}`}
              role="option"
              aria-selected={i === active}
              className={styles.option}
              onPointerMove={() => setActive(i)}
              onClick={() => open(one)}
            >
              <span className={styles.name}>{one.mine ?? one.name}</span>
              <span className={styles.where}>
                {one.mine !== undefined && `${one.name}, `}
                {one.kind === "project" ? one.entity : `${one.entity}/${one.project}`}
              </span>
              {one.state !== null && (
                <StateWord state={one.state as Parameters<typeof StateWord>[0]["state"]} />
              )}
            </div>
          </div>
        ))}
      </div>
    </Dialog>
  );
}

/** Whether there may be more of a kind than are shown. */
const isCut = (found: readonly Hit[]): boolean =>
  Object.keys(KINDS).some((kind) => found.filter((one) => one.kind === kind).length === MOST);

function addressOf({ kind, entity, project, id }: Hit): string {
  if (kind === "project") return projectPath(entity, project);
  return kind === "sweep" ? sweepPath({ entity, project, id }) : runPath({ entity, project, id });
}
