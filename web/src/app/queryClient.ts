import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/errors";

/** Asking again helps when the server was away or failed, not when it said no. */
const worthRetry = (count: number, error: Error): boolean =>
  count < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500);

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: worthRetry, staleTime: 1_000 } },
});
