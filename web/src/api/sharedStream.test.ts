import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Hear } from "./stream";

/** What a window gets when it asks for the worker: made anew by each test. */
const worker = vi.hoisted(() => ({ make: (): unknown => undefined }));
vi.mock("./sharedStream.worker?sharedworker", () => ({
  default: class {
    constructor() {
      // biome-ignore lint/correctness/noConstructorReturn: the stand-in that the test has made
      return worker.make() as object;
    }
  },
}));

/** A source of events without a server behind it. */
class Source {
  static readonly all: Source[] = [];
  onopen = () => {};
  closed = false;

  constructor(readonly url: string) {
    Source.all.push(this);
  }

  addEventListener() {}

  close() {
    this.closed = true;
  }
}

const heard: unknown[] = [];
const hear: Hear = (one) => void heard.push(one);

/** As a window that has just been opened: it has not found out yet whether it can share. */
async function opened() {
  vi.resetModules();
  const { sharedStream } = await import("./sharedStream");
  return () => sharedStream("/api/v1/events", hear, false);
}

beforeEach(() => {
  vi.stubGlobal("EventSource", Source);
  Source.all.length = 0;
  heard.length = 0;
});

afterEach(() => vi.unstubAllGlobals());

function hasItsOwn(open: () => () => void) {
  const close = open();
  expect(Source.all.map(({ url, closed }) => [url, closed])).toEqual([["/api/v1/events", false]]);
  heard.length = 0;
  Source.all[0]?.onopen();
  expect(heard).toEqual(["open"]);
  close();
  expect(Source.all[0]?.closed).toBe(true);
}

it("is the window's own where there are no shared workers", async () => {
  vi.stubGlobal("SharedWorker", undefined);
  worker.make = () => expect.unreachable();
  hasItsOwn(await opened());
});

it("is the window's own where none may be made", async () => {
  vi.stubGlobal("SharedWorker", class {});
  const make = vi.fn(() => {
    throw new DOMException("not here", "SecurityError");
  });
  worker.make = make;
  const open = await opened();
  hasItsOwn(open);
  Source.all.length = 0;
  hasItsOwn(open);
  expect(make).toHaveBeenCalledTimes(1);
});

it("is the window's own from the next attempt on where the worker's script does not load", async () => {
  vi.stubGlobal("SharedWorker", class {});
  const made = { port: { postMessage: vi.fn(), onmessage: null }, onerror: () => {} };
  worker.make = () => made;
  const open = await opened();
  open();
  expect(Source.all).toEqual([]);
  made.onerror();
  expect(heard).toEqual(["error"]);
  hasItsOwn(open);
});

it("joins, says that it is there, hands on what is heard, and leaves", async () => {
  vi.stubGlobal("SharedWorker", class {});
  const asked: unknown[] = [];
  const port = { postMessage: (one: unknown) => asked.push(one), onmessage: (_: { data: unknown }) => {} };
  worker.make = () => ({ port, onerror: null });
  const leave = (await opened())();
  port.onmessage({ data: "open" });
  port.onmessage({ data: "there?" });
  expect(heard).toEqual(["open"]);
  leave();
  expect(asked).toEqual(["join", "here", "leave"]);
  expect(Source.all).toEqual([]);
});
