import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { Run } from "../../api/types";
import { useTables } from "./useTables";

const PATH = { entity: "me", project: "p" };

const runWith = (path: string) =>
  ({ id: "r", summary: { roc: { _type: "table-file", path } } }) as unknown as Run;

it("shows the table of before until a newer one of the run is here", async () => {
  const answers = new Map<string, (answer: Response) => void>();
  vi.stubGlobal(
    "fetch",
    (address: string) => new Promise((answer) => answers.set(address.slice(-6), answer)),
  );
  const arrives = (path: string, value: number) =>
    answers.get(path)?.(Response.json({ columns: ["x"], data: [[value]] }));
  const client = new QueryClient();
  const { result, rerender } = renderHook(({ runs }) => useTables(PATH, runs, "roc"), {
    initialProps: { runs: [runWith("1.json")] },
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  const shown = () => result.current.tables.map(({ table }) => table.data);
  expect(shown()).toEqual([]);
  arrives("1.json", 1);
  await waitFor(() => expect(shown()).toEqual([[[1]]]));
  rerender({ runs: [runWith("2.json")] });
  expect(shown()).toEqual([[[1]]]);
  await waitFor(() => expect(answers.size).toBe(2));
  expect(shown()).toEqual([[[1]]]);
  arrives("2.json", 2);
  await waitFor(() => expect(shown()).toEqual([[[2]]]));
  vi.unstubAllGlobals();
});

it("asks again for a table whose bytes are still on their way, and shows the one before it until then", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  let arrived = false;
  vi.stubGlobal("fetch", async (address: string) =>
    address.endsWith("2.json") && !arrived
      ? new Response(null, { status: 404 })
      : Response.json({ columns: ["x"], data: [[Number(address.at(-6))]] }),
  );
  const client = new QueryClient();
  const { result, rerender } = renderHook(({ runs }) => useTables(PATH, runs, "roc"), {
    initialProps: { runs: [runWith("1.json")] },
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  const shown = () => result.current.tables.map(({ table }) => table.data);
  await waitFor(() => expect(shown()).toEqual([[[1]]]));
  rerender({ runs: [runWith("2.json")] });
  await waitFor(() => expect(result.current.error?.message).toMatch("not arrived"));
  expect(shown()).toEqual([[[1]]]);
  arrived = true;
  await vi.advanceTimersByTimeAsync(2_000);
  await waitFor(() => expect(shown()).toEqual([[[2]]]));
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
