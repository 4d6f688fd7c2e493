import { afterEach, expect, test, vi } from "vitest";
import { LiveConnection } from "./live";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("who follows the status hears of every failed attempt", () => {
  vi.useFakeTimers();
  const sources: { onopen: () => void; onerror: () => void; close: () => void }[] = [];
  vi.stubGlobal(
    "EventSource",
    class {
      constructor() {
        sources.push(this as never);
      }
      close() {}
    },
  );
  const connection = new LiveConnection("/api/v1/events");
  const heard: string[] = [];
  connection.onStatus(() => heard.push(connection.getStatus()));
  const close = connection.open();
  sources[0]?.onopen();
  sources[0]?.onerror();
  vi.runOnlyPendingTimers();
  sources[1]?.onerror();
  expect(heard).toEqual(["live", "offline", "offline"]);
  close();
});

test("changes that arrive together are told together", () => {
  vi.useFakeTimers();
  const sources: { onmessage: (message: { data: string }) => void; close: () => void }[] = [];
  vi.stubGlobal(
    "EventSource",
    class {
      constructor() {
        sources.push(this as never);
      }
      close() {}
    },
  );
  const connection = new LiveConnection("/api/v1/events");
  const heard: unknown[] = [];
  connection.onChange((changes) => heard.push(changes?.map(({ id }) => id) ?? "anything"));
  const close = connection.open();
  const tell = (kind: string, id: string) => sources[0]?.onmessage({ data: JSON.stringify({ kind, id }) });
  tell("run", "a");
  tell("run", "b");
  vi.runOnlyPendingTimers();
  tell("run", "c");
  tell("reset", "");
  vi.runOnlyPendingTimers();
  tell("run", "d");
  vi.runOnlyPendingTimers();
  expect(heard).toEqual([["a", "b"], "anything", ["d"]]);
  close();
});
