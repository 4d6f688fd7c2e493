import { QueryClient } from "@tanstack/react-query";
import { isAway } from "../api/errors";

/** Asking again helps when the server was away or failed, not when it said no. */
const worthRetry = (count: number, error: Error): boolean => count < 2 && isAway(error);

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: worthRetry, staleTime: 1_000 } },
});
