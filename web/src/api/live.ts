/** One stream of server-sent events for a project: says what changed, never carries the data itself. */

import { type Heard, type OpenStream, ownStream } from "./stream";

export type ChangeKind = "run" | "sweep" | "agent" | "project" | "document" | "reset";

export interface Change {
  kind: ChangeKind;
  id: string;
}

export type LiveStatus = "connecting" | "live" | "offline";

const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;

/** Milliseconds between two signs of life of a server that has nothing to tell. */
export const BEAT = 15_000;
/** After so many without a word the stream is dead, even if nothing has closed it. */
const SILENCE = 2.5 * BEAT;
/** Between two looks at the clock. One that comes so much later has slept: whatever was open then may be dead. */
const LOOK = 5_000;
const SLEPT = 20_000;
/** After so many nobody comes back at once to a page that was hidden, and its connection is free for others. */
const HIDDEN = 10_000;

/** Milliseconds to wait before attempt number `attempt` (from 0): doubled each time, spread by `random` in [0, 1). */
export function backOff(attempt: number, random: number): number {
  const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt);
  return delay * (0.5 + random / 2);
}

/** Milliseconds within which changes that the server tells of together have all arrived. */
const TOGETHER = 10;

/**
 * Keeps a stream open for as long as it is wanted and somebody can see the page. Whoever listens hears each change, and
 * each (re)connection.
 */
export class LiveConnection {
  private close: (() => void) | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hiding: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  /** When the stream was heard, or begun, and when the clock was looked at. A clock that goes on in sleep. */
  private heard = 0;
  private looked = 0;
  private telling: ReturnType<typeof setTimeout> | undefined;
  private arrived: Change[] | null = [];
  private readonly changeListeners = new Set<(changes: readonly Change[] | null) => void>();
  private readonly statusListeners = new Set<() => void>();
  status: LiveStatus = "connecting";

  constructor(
    private readonly url: string,
    private readonly openStream: OpenStream = ownStream,
  ) {}

  open = (): (() => void) => {
    this.looked = Date.now();
    const watch = setInterval(this.look, LOOK);
    window.addEventListener("online", this.connectAnew);
    window.addEventListener("pagehide", this.rest);
    document.addEventListener("visibilitychange", this.onVisibility);
    this.onVisibility();
    return () => {
      clearInterval(watch);
      window.removeEventListener("online", this.connectAnew);
      window.removeEventListener("pagehide", this.rest);
      document.removeEventListener("visibilitychange", this.onVisibility);
      clearTimeout(this.telling);
      this.telling = undefined;
      this.rest();
    };
  };

  /** `null` means that anything may have changed: connected (again), or the server left changes out. */
  onChange = (listener: (changes: readonly Change[] | null) => void): (() => void) => {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  };

  onStatus = (listener: () => void): (() => void) => {
    this.statusListeners.add(listener);
    return () => this.statusListeners.delete(listener);
  };

  getStatus = (): LiveStatus => this.status;

  private connect(anew = false): void {
    this.disconnect();
    this.heard = Date.now();
    this.close = this.openStream(this.url, this.hear, anew);
  }

  private hear = (heard: Heard): void => {
    this.heard = Date.now();
    if (heard === "open") {
      this.attempt = 0;
      this.setStatus("live");
      this.tell(null);
    } else if (heard === "error") {
      this.disconnect();
      this.setStatus("offline");
      this.timer = setTimeout(() => this.connect(), backOff(this.attempt++, Math.random()));
    } else if (heard !== "beat") {
      const change = JSON.parse(heard.data) as Change;
      this.tell(change.kind === "reset" ? null : change);
    }
  };

  private connectAnew = (): void => {
    if (!document.hidden) this.connect(true);
  };

  private disconnect(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.close?.();
    this.close = null;
  }

  private rest = (): void => {
    clearTimeout(this.hiding);
    this.hiding = undefined;
    this.disconnect();
    this.setStatus("connecting");
  };

  /** A page that was opened in the background begins when it is seen. */
  private onVisibility = (): void => {
    clearTimeout(this.hiding);
    if (document.hidden) this.hiding = setTimeout(this.rest, HIDDEN);
    else if (this.close === null) this.connect();
    else this.look();
  };

  /** A stream whose other end has vanished says nothing, not even that it has ended. */
  private look = (): void => {
    const now = Date.now();
    const slept = now - this.looked > LOOK + SLEPT;
    this.looked = now;
    if (this.close === null || !(slept || now - this.heard > SILENCE)) return;
    this.setStatus("offline");
    this.connect(true);
  };

  /** Every failed attempt is told, for each may have a reason of its own. */
  private setStatus(status: LiveStatus): void {
    if (status === this.status && status !== "offline") return;
    this.status = status;
    for (const listener of this.statusListeners) listener();
  }

  private tell(change: Change | null): void {
    if (change === null) this.arrived = null;
    else this.arrived?.push(change);
    this.telling ??= setTimeout(() => {
      const changes = this.arrived;
      this.arrived = [];
      this.telling = undefined;
      for (const listener of this.changeListeners) listener(changes);
    }, TOGETHER);
  }
}
