import { useMemo } from "react";
import { useSearchParams } from "wouter";
import type { ImportanceQuestion } from "../../api/queries";

/** What is asked, and which parameters stay out of sight: all in the address, so that a link shows the same. */
export interface Asked {
  question: ImportanceQuestion;
  hidden: readonly string[];
  change: (changes: Partial<Record<"metric" | "by" | "good", string | null>>) => void;
  hide: (names: readonly string[]) => void;
}

export function useQuestion(): Asked {
  const [search, setSearch] = useSearchParams();
  return useMemo(() => {
    const good = search.get("good");
    const question: ImportanceQuestion = {
      method: search.get("by") === "ped_anova" ? "ped_anova" : "forest",
      metric: search.get("metric") ?? undefined,
      goal: good === "minimize" || good === "maximize" ? good : undefined,
    };
    const edit = (work: (params: URLSearchParams) => void) =>
      setSearch(
        (old) => {
          work(old);
          return old;
        },
        { replace: true },
      );
    return {
      question,
      hidden: search.getAll("hide"),
      change: (changes) =>
        edit((params) => {
          for (const [key, value] of Object.entries(changes)) {
            if (value === null) params.delete(key);
            else params.set(key, value);
          }
        }),
      hide: (names) =>
        edit((params) => {
          params.delete("hide");
          for (const name of names) params.append("hide", name);
        }),
    };
  }, [search, setSearch]);
}
