/** The runs of a page as the reader wants to see them. Every panel draws these, so a choice in one holds in all. */
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useContext,
  useDeferredValue,
  useMemo,
  useState,
} from "react";
import { useSearchParams } from "wouter";
import type { MetricGoal, Run } from "../api/types";
import { formatIds, parseIds } from "../lib/ids";
import { formatBrush, formatFilter, parseBrush, parseFilter } from "./address";
import { type Brush, type Fields, type Filter, NO_FILTER, type Range, wanted } from "./conditions";
import type { Field } from "./fields";
import { Hover } from "./hover";
import { useIsNamed, useKept } from "./kept";
import { insideOf, type Marks, marked, withOpenEyes } from "./marks";
import { withOwnNames } from "./names";
import type { OwnNames } from "./ownNames";
import { type ServerFilter, serverFilter } from "./serverFilter";
import { isOfAgents, useAgentNames } from "./useAgentNames";
import { useExtremeFields } from "./useExtremeFields";
import { useRenamed } from "./useOwnNames";
import { type RunColors, useRunColors } from "./useRunColors";
import { useWritten } from "./useWritten";

export interface RunView {
  /** Where choices are kept: see `useKept`. */
  place: string;
  metric: MetricGoal | null;
  /** In their order; the same by id. */
  fields: readonly Field[];
  fieldById: Fields;
  /** From now on agents go by their names: a condition is about to be of them. */
  nameAgents: () => void;
  /** By the names that the reader knows them by. */
  all: readonly Run[];
  names: OwnNames;
  /** Names or values by which runs are chosen are still on their way. */
  pending: boolean;
  /** Those that search and filter let through, whatever is brushed. */
  matched: readonly Run[];
  /** Those inside every brushed range too: what the table lists. */
  shown: readonly Run[];
  /** Those whose eye is open too: what charts draw. */
  drawn: readonly Run[];
  /** The same by matched run. */
  marks: Marks;
  /** What all this follows; while a hand is at it see `useUnderHand`. */
  search: string;
  setSearch: (search: string) => void;
  filter: Filter;
  setFilter: (filter: Filter) => void;
  brush: Brush;
  /** Without a range the field is free again. */
  setBrush: (field: string, range: Range | null) => void;
  clear: () => void;
  /** Fields by which the runs are grouped, the outermost first. */
  group: readonly string[];
  setGroup: (fields: readonly string[]) => void;
  /** Runs with a closed eye, by id. */
  hidden: ReadonlySet<string>;
  setHidden: (ids: ReadonlySet<string>) => void;
  /** Runs with a tick, by id. */
  selected: ReadonlySet<string>;
  setSelected: (ids: ReadonlySet<string>) => void;
  hover: Hover;
  colors: RunColors;
  /** What `shown` means in the server's words; null where it has none. */
  serverFilter: ServerFilter | null;
}

export const RunViewContext = createContext<RunView | null>(null);
/**
 * The view as a calm part of the page still shows it. With one context for both React would draw all of the calm part in
 * vain at each change of the page: it marks whoever reads a context that has changed, also below another value of it.
 */
export const CalmViewContext = createContext<RunView | null>(null);

export function useRunView(): RunView {
  const view = use(CalmViewContext) ?? use(RunViewContext);
  if (view === null) throw new Error("useRunView outside of a RunViewProvider");
  return view;
}

/** What is being typed and brushed: ahead of the view, which follows when there is time. */
export type UnderHand = Pick<RunView, "search" | "brush">;

const UnderHandContext = createContext<UnderHand>({ search: "", brush: new Map() });

/** For the little that must not lag behind the hand; all else draws what `useRunView` says. */
export const useUnderHand = (): UnderHand => useContext(UnderHandContext);

const MOST_TICKS_IN_ADDRESS = 200;

interface Props {
  runs: readonly Run[];
  fields: readonly Field[];
  metric: MetricGoal | null;
  /** Names the place that remembers choices: the project. */
  place: string;
  /** What is chosen stays here: others on the page have the address, or nobody. */
  local?: boolean;
  children: ReactNode;
}

/** One object, or every panel would draw anew whenever anything on the page changes. */
const ALL_OPEN: readonly string[] = [];
const NOTHING_CHOSEN = new URLSearchParams();

export function RunViewProvider({
  runs: given,
  fields: known,
  metric,
  place,
  local = false,
  children,
}: Props) {
  const [params] = useSearchParams();
  const address = local ? NOTHING_CHOSEN : params;
  const [runs, names] = useRenamed(place, given);
  const extremes = useExtremeFields(place, runs, known, address, !local);
  const isKept = useIsNamed(place, "agent");
  const [isAsked, ask] = useState(false);
  const wantsAgents = isAsked || isOfAgents(address) || (isKept && !local);
  const agents = useAgentNames(runs, extremes.fields, wantsAgents);
  const pending = extremes.pending || agents.pending;
  const isRenamed = runs !== given;
  const fields = useMemo(
    () => (isRenamed ? withOwnNames(agents.fields) : agents.fields),
    [isRenamed, agents.fields],
  );
  const nameAgents = useCallback(() => ask(true), []);
  const [search, setSearch] = useState(() => address.get("q") ?? "");
  const [filter, setFilter] = useState(() => parseFilter(address.get("filter")));
  const [brush, setRanges] = useState(() => parseBrush(address.get("brush")));
  const [group, setGroup] = useState<readonly string[]>(() => address.getAll("group"));
  const [selected, setSelected] = useState(() => parseIds(address.get("selected")));
  const everywhere = useKept(place, "hidden", ALL_OPEN);
  const here = useState(ALL_OPEN);
  const [closed, setClosed] = local ? here : everywhere;
  const [hover] = useState(() => new Hover());

  const written = useMemo(
    () => ({
      q: search,
      filter: formatFilter(filter),
      brush: formatBrush(brush),
      group,
      selected: selected.size <= MOST_TICKS_IN_ADDRESS ? formatIds(selected) : "",
    }),
    [search, filter, brush, group, selected],
  );
  useWritten(written, local);

  const setBrush = useCallback(
    (field: string, range: Range | null) =>
      setRanges((ranges) => {
        const changed = new Map(ranges);
        if (range === null) changed.delete(field);
        else changed.set(field, range);
        return changed;
      }),
    [],
  );
  const clear = useCallback(() => {
    setSearch("");
    setFilter(NO_FILTER);
    setRanges(new Map());
  }, []);
  const setHidden = useCallback((ids: ReadonlySet<string>) => setClosed([...ids]), [setClosed]);

  const fieldById = useMemo(() => new Map(fields.map((field) => [field.id, field])), [fields]);
  const colors = useRunColors(place, runs, fieldById, metric);
  const hidden = useMemo(() => new Set(closed), [closed]);
  // A chart that is slow to draw must not hold up the hand that brushes or types.
  const underHand = useMemo(() => ({ search, brush }), [search, brush]);
  const { search: words, brush: ranges } = useDeferredValue(underHand);
  const matched = useMemo(() => {
    if (words === "" && filter.conditions.length === 0) return runs;
    return runs.filter(wanted({ search: words, filter }, fieldById));
  }, [runs, words, filter, fieldById]);
  const inside = useMemo(() => insideOf(ranges, matched, fieldById), [ranges, matched, fieldById]);
  const marks = useMemo(() => withOpenEyes(inside, matched, hidden), [inside, matched, hidden]);
  const shown = useMemo(() => marked(matched, inside), [matched, inside]);
  const drawn = useMemo(
    () => (marks === inside ? shown : marked(matched, marks)),
    [matched, inside, marks, shown],
  );
  const asked = useMemo(
    () => serverFilter({ search: words, filter, brush: ranges }, fieldById),
    [words, filter, ranges, fieldById],
  );

  const view = useMemo<RunView>(
    () => ({
      place,
      metric,
      fields,
      fieldById,
      nameAgents,
      all: runs,
      names,
      pending,
      matched,
      shown,
      drawn,
      marks,
      search: words,
      setSearch,
      filter,
      setFilter,
      brush: ranges,
      setBrush,
      clear,
      group,
      setGroup,
      hidden,
      setHidden,
      selected,
      setSelected,
      hover,
      colors,
      serverFilter: asked,
    }),
    [
      place,
      metric,
      fields,
      fieldById,
      nameAgents,
      runs,
      names,
      pending,
      matched,
      shown,
      drawn,
      marks,
      words,
      filter,
      ranges,
      setBrush,
      clear,
      group,
      hidden,
      setHidden,
      selected,
      hover,
      colors,
      asked,
    ],
  );
  return (
    <UnderHandContext value={underHand}>
      <CalmViewContext value={null}>
        <RunViewContext value={view}>{children}</RunViewContext>
      </CalmViewContext>
    </UnderHandContext>
  );
}
