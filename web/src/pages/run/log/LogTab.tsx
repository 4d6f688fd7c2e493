import { useVirtualizer } from "@tanstack/react-virtual";
import { useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../../components/Button";
import { Check } from "../../../components/Check";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorNote } from "../../../components/ErrorNote";
import { SearchField } from "../../../components/SearchField";
import { Skeleton } from "../../../components/Skeleton";
import { formatCount, plural } from "../../../lib/format";
import { ACTIVE } from "../../../lib/progress";
import { saveText } from "../../../lib/save";
import { realName } from "../../../view/ownNames";
import type { TabProps } from "../RunPage";
import { plainText } from "./ansi";
import { LogLine } from "./LogLine";
import styles from "./LogTab.module.css";
import { findLines } from "./search";
import { useOutput } from "./useOutput";

const LINE = 20;
const NEAR_END = 40;

/** What the program printed; while it runs the view follows the end, until the reader scrolls up. */
export default function LogTab({ path, run, changed }: TabProps) {
  const { lines, complete, error, retry } = useOutput(path, run.id, changed);
  const live = ACTIVE.includes(run.state);
  const [follow, setFollow] = useState(live);
  const [times, setTimes] = useState(false);
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const matches = useMemo(() => findLines(lines, wanted), [lines, wanted]);
  const [chosen, setCurrent] = useState(0);
  // Lines come and go: there may be fewer than there were.
  const current = Math.min(chosen, matches.length - 1);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 20,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the lines moves the end
  useLayoutEffect(() => {
    const element = scroller.current;
    if (follow && element !== null) element.scrollTop = element.scrollHeight;
  }, [follow, lines, times]);

  const show = (index: number) => {
    const at = ((index % matches.length) + matches.length) % matches.length;
    setCurrent(at);
    setFollow(false);
    virtual.scrollToIndex(matches[at] as number, { align: "center" });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new search shows its first match, new lines do not move the view
  useEffect(() => {
    if (wanted !== "" && matches.length > 0) show(0);
    else setCurrent(0);
  }, [wanted]);

  if (lines.length === 0) {
    if (error !== null) return <ErrorNote error={error} retry={retry} />;
    if (!complete) return <Skeleton height={360} />;
    return (
      <EmptyState title="Nothing was printed yet">
        <p>
          What the program prints between init() and finish() appears here by itself, unless its settings say
          console="off".
        </p>
      </EmptyState>
    );
  }
  // Of very many lines the server keeps the first and the last ones; one line between them says so.
  const printed = (lines.at(-1)?.number ?? 0) + 1;
  const isWhole = lines.length === printed;
  const count = `${isWhole ? "" : `${formatCount(lines.length)} of `}${plural(printed, "line")}`;
  const nothing = isWhole ? "No match" : "No match in what is kept";
  const found = matches.length === 0 ? nothing : `${current + 1} of ${plural(matches.length, "line")}`;
  return (
    <section className={styles.log} aria-label="Log">
      {error !== null && <ErrorNote error={error} retry={retry} />}
      <div className={styles.bar}>
        <search className={styles.search}>
          <SearchField
            label="Search the log"
            value={search}
            set={setSearch}
            onKeyDown={(event) => {
              if (event.key === "Enter" && matches.length > 0) show(current + (event.shiftKey ? -1 : 1));
            }}
          />
          {wanted !== "" && (
            <>
              <span className={styles.found} role="status">
                {found}
              </span>
              <Button
                look="ghost"
                aria-label="Previous match"
                disabled={matches.length === 0}
                onClick={() => show(current - 1)}
              >
                ↑
              </Button>
              <Button
                look="ghost"
                aria-label="Next match"
                disabled={matches.length === 0}
                onClick={() => show(current + 1)}
              >
                ↓
              </Button>
            </>
          )}
        </search>
        <span className={styles.count}>{complete ? count : "Loading …"}</span>
        {live && <Check name="Follow" on={follow} set={setFollow} />}
        <Check name="Times" on={times} set={setTimes} />
        <Button
          disabled={!complete}
          onClick={() =>
            saveText(`${realName(run)}.log`, lines.map(({ text }) => `${plainText(text)}\n`).join(""))
          }
        >
          Download
        </Button>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a section inside the section would be one landmark too many */}
      <div
        ref={scroller}
        className={styles.scroller}
        role="group"
        aria-label="Lines"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onWheel={(event) => event.deltaY < 0 && setFollow(false)}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          if (follow && scrollTop + clientHeight < scrollHeight - NEAR_END) setFollow(false);
        }}
      >
        <div className={styles.lines} style={{ height: virtual.getTotalSize() }}>
          <div style={{ transform: `translateY(${virtual.getVirtualItems()[0]?.start ?? 0}px)` }}>
            {virtual.getVirtualItems().map(({ index }) => {
              const line = lines[index];
              if (line === undefined) return null;
              const isCurrent = wanted !== "" && matches[current] === index;
              return (
                <LogLine key={line.number} line={line} wanted={wanted} current={isCurrent} times={times} />
              );
            })}
          </div>
        </div>
      </div>
    </section>
  );
}
