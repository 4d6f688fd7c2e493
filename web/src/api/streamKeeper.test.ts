import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Asked } from "./stream";
import { type Port, QUESTION, StreamKeeper } from "./streamKeeper";

/** A source of events without a server behind it. */
class Source {
  static readonly all: Source[] = [];
  onopen = () => {};
  onerror = () => {};
  onmessage = (_message: { data: string }) => {};
  beat = () => {};
  closed = false;

  constructor() {
    Source.all.push(this);
  }

  addEventListener(_type: string, listener: () => void) {
    this.beat = listener;
  }

  close() {
    this.closed = true;
  }
}

class Window implements Port {
  onmessage: Port["onmessage"] = null;
  readonly heard: unknown[] = [];
  answers = true;
  close = () => {};

  postMessage = (told: unknown) => {
    if (told !== "there?") this.heard.push(told);
    else if (this.answers) this.ask("here");
  };

  constructor(keeper: StreamKeeper) {
    keeper.add(this);
  }

  ask(asked: Asked) {
    this.onmessage?.call(this as never, { data: asked } as MessageEvent);
  }
}

let keeper: StreamKeeper;
const last = () => Source.all.at(-1) as Source;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Source);
  Source.all.length = 0;
  keeper = new StreamKeeper("/api/v1/events");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("opens one stream for all windows, and closes it when the last has left", () => {
  const [one, other] = [new Window(keeper), new Window(keeper)];
  one.ask("join");
  last().onopen();
  other.ask("join");
  last().onmessage({ data: "a" });
  last().beat();
  one.ask("leave");
  last().onmessage({ data: "b" });
  expect(Source.all).toHaveLength(1);
  expect(one.heard).toEqual(["open", { data: "a" }, "beat"]);
  expect(other.heard).toEqual(["open", { data: "a" }, "beat", { data: "b" }]);
  expect(last().closed).toBe(false);
  other.ask("leave");
  expect(last().closed).toBe(true);
});

it("tries again when one joins after a failure", () => {
  const [one, other] = [new Window(keeper), new Window(keeper)];
  one.ask("join");
  other.ask("join");
  last().onerror();
  one.ask("join");
  expect(Source.all).toHaveLength(2);
  last().onopen();
  expect(other.heard).toEqual(["error", "open"]);
});

it("opens another one for a window that distrusts it, once for all that wake together", () => {
  const [one, other] = [new Window(keeper), new Window(keeper)];
  one.ask("join");
  last().onopen();
  vi.advanceTimersByTime(60_000);
  one.ask("join anew");
  other.ask("join anew");
  expect(Source.all.map(({ closed }) => closed)).toEqual([true, false]);
  last().onopen();
  expect(other.heard).toEqual(["open"]);
});

it("forgets a window that has crashed, and keeps the stream for those that answer", () => {
  const [one, other] = [new Window(keeper), new Window(keeper)];
  one.ask("join");
  other.ask("join");
  last().onopen();
  one.answers = false;
  vi.advanceTimersByTime(10 * QUESTION);
  last().onmessage({ data: "a" });
  expect(one.heard).toEqual(["open"]);
  expect(other.heard).toEqual(["open", { data: "a" }]);
  other.answers = false;
  vi.advanceTimersByTime(3 * QUESTION);
  expect(Source.all.map(({ closed }) => closed)).toEqual([true]);
  // It was only held up, and answers late.
  other.ask("here");
  last().onopen();
  expect(Source.all.map(({ closed }) => closed)).toEqual([true, false]);
  expect(other.heard).toEqual(["open", { data: "a" }, "open"]);
});
