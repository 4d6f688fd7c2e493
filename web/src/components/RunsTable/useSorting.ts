import { useMemo } from "react";
import { useSearchParams } from "wouter";
import { useRunView } from "../../view/RunView";
import { formatSorting, parseSorting, type Sorting } from "./sorting";

/** The order of the runs, kept in the address. */
export function useSorting(): [Sorting | null, (sorting: Sorting | null) => void] {
  const { metric } = useRunView();
  const [address, setAddress] = useSearchParams();
  const text = address.get("sort");
  const goal = metric?.goal ?? null;
  const sorting = useMemo(() => parseSorting(text, goal), [text, goal]);
  const set = (next: Sorting | null) =>
    setAddress(
      (params) => {
        params.set("sort", formatSorting(next));
        return params;
      },
      { replace: true },
    );
  return [sorting, set];
}
