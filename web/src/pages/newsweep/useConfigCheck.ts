import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { client, unwrap } from "../../api/client";
import type { components } from "../../api/schema";

export type ConfigCheck = components["schemas"]["ConfigCheck"];
export type ConfigProblem = components["schemas"]["ConfigProblem"];

const PAUSE = 250;
const SAMPLES = 3;

export interface Checked {
  /** Of the text as it was a moment ago; null before the first answer. */
  check: ConfigCheck | null;
  /** Whether `check` is about the text as it is now. */
  isCurrent: boolean;
  error: Error | null;
  retry: () => unknown;
}

/** What the server thinks of a configuration, asked whenever the writer pauses. */
export function useConfigCheck(text: string): Checked {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const answer = useQuery({
    queryKey: ["config check", paused],
    queryFn: ({ signal }) =>
      unwrap(client.POST("/api/v1/configs/check", { body: { text: paused, samples: SAMPLES }, signal })),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const isCurrent = paused === text && answer.data !== undefined && !answer.isPlaceholderData;
  return { check: answer.data ?? null, isCurrent, error: answer.error, retry: answer.refetch };
}
