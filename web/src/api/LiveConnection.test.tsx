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

test("the page looks half as often while very much changes, and as often as before once it is quiet", () => {
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
  const close = connection.open();
  const change = () => sources[0]?.onmessage({ data: '{"kind": "run", "id": "a"}' });
  for (let i = 0; i < 30; i++) {
    vi.advanceTimersByTime(1000);
    change();
  }
  expect(connection.getPace()).toBe(1);
  for (let i = 0; i < 30; i++) {
    vi.advanceTimersByTime(100);
    change();
  }
  expect(connection.getPace()).toBe(2);
  vi.advanceTimersByTime(5000);
  expect(connection.getPace()).toBe(1);
  close();
});
