import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BEAT, LiveConnection } from "./live";
import type { Hear } from "./stream";

/** Streams that say what the test lets them say. */
class Streams {
  readonly opened: { hear: Hear; anew: boolean; closed: boolean }[] = [];

  open = (_url: string, hear: Hear, anew: boolean) => {
    const one = { hear, anew, closed: false };
    this.opened.push(one);
    return () => {
      one.closed = true;
    };
  };

  get last() {
    return this.opened.at(-1) as (typeof this.opened)[number];
  }
}

let streams: Streams;
let connection: LiveConnection;
let close: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  streams = new Streams();
  connection = new LiveConnection("/api/v1/events", streams.open);
  close = connection.open();
});

afterEach(() => {
  close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function see(isSeen: boolean) {
  vi.spyOn(document, "hidden", "get").mockReturnValue(!isSeen);
  document.dispatchEvent(new Event("visibilitychange"));
}

test("who follows the status hears of every failed attempt", () => {
  const heard: string[] = [];
  connection.onStatus(() => heard.push(connection.getStatus()));
  streams.last.hear("open");
  streams.last.hear("error");
  vi.advanceTimersByTime(500);
  streams.last.hear("error");
  expect(streams.opened).toHaveLength(2);
  expect(heard).toEqual(["live", "offline", "offline"]);
});

test("a server that is away for an hour is found within half a minute of its return, without being asked too often", () => {
  const heard: unknown[] = [];
  connection.onChange((changes) => heard.push(changes));
  const until = Date.now() + 3_600_000;
  let asked = 0;
  streams.last.hear("open");
  streams.last.hear("error");
  vi.advanceTimersByTime(10);
  for (; Date.now() < until; vi.advanceTimersByTime(500)) {
    if (streams.opened.length - 1 === asked) continue;
    asked = streams.opened.length - 1;
    streams.last.hear("error");
  }
  expect(asked).toBeGreaterThan(3_600 / 31);
  expect(asked).toBeLessThan(3_600 / 14);
  expect(connection.getStatus()).toBe("offline");
  vi.advanceTimersByTime(30_000);
  expect(streams.opened).toHaveLength(asked + 2);
  streams.last.hear("open");
  vi.advanceTimersByTime(10);
  expect(connection.getStatus()).toBe("live");
  expect(heard).toEqual([null, null]); // anything may have changed meanwhile
});

test("changes that arrive together are told together", () => {
  const heard: unknown[] = [];
  connection.onChange((changes) => heard.push(changes?.map(({ id }) => id) ?? "anything"));
  const tell = (kind: string, id: string) => streams.last.hear({ data: JSON.stringify({ kind, id }) });
  tell("run", "a");
  tell("run", "b");
  vi.advanceTimersByTime(10);
  tell("run", "c");
  tell("reset", "");
  vi.advanceTimersByTime(10);
  tell("run", "d");
  vi.advanceTimersByTime(10);
  expect(heard).toEqual([["a", "b"], "anything", ["d"]]);
});

test("a stream that falls silent without ending is left for a new one, and is not called live", () => {
  streams.last.hear("open");
  for (let beats = 0; beats < 10; beats += 1) {
    vi.advanceTimersByTime(BEAT);
    streams.last.hear("beat");
  }
  expect(streams.opened).toHaveLength(1);
  expect(connection.getStatus()).toBe("live");
  vi.advanceTimersByTime(3 * BEAT);
  expect(streams.opened.map(({ anew, closed }) => [anew, closed])).toEqual([
    [false, true],
    [true, false],
  ]);
  expect(connection.getStatus()).toBe("offline");
  streams.last.hear("open");
  expect(connection.getStatus()).toBe("live");
});

test.each([
  ["the machine has slept", () => vi.setSystemTime(Date.now() + 30_000)],
  ["the network is back", () => window.dispatchEvent(new Event("online"))],
])("what was open before is not trusted when %s", (_, happen) => {
  streams.last.hear("open");
  happen();
  vi.advanceTimersByTime(5_000);
  expect(streams.opened.map(({ anew, closed }) => [anew, closed])).toEqual([
    [false, true],
    [true, false],
  ]);
});

test("a page that nobody sees gives its stream back, and asks for everything when it is seen again", () => {
  const heard: unknown[] = [];
  connection.onChange((changes) => heard.push(changes));
  streams.last.hear("open");
  see(false);
  vi.advanceTimersByTime(9_000);
  see(true);
  vi.advanceTimersByTime(10_000);
  expect(streams.last.closed).toBe(false);
  see(false);
  vi.advanceTimersByTime(10_000);
  expect(streams.last.closed).toBe(true);
  expect(connection.getStatus()).toBe("connecting");
  vi.advanceTimersByTime(10 * BEAT);
  expect(streams.opened).toHaveLength(1);
  see(true);
  expect(streams.opened).toHaveLength(2);
  streams.last.hear("open");
  vi.advanceTimersByTime(10);
  expect(heard).toEqual([null, null]);
});

test("a page that is opened in the background takes no connection until it is seen", () => {
  close();
  see(false);
  streams.opened.length = 0;
  close = connection.open();
  vi.advanceTimersByTime(10 * BEAT);
  expect(streams.opened).toHaveLength(0);
  see(true);
  expect(streams.opened).toHaveLength(1);
});
