/** One stream of server-sent events for a project: says what changed, never carries the data itself. */

export type ChangeKind = "run" | "sweep" | "agent" | "project" | "document" | "reset";

export interface Change {
  kind: ChangeKind;
  id: string;
}

export type LiveStatus = "connecting" | "live" | "offline";

const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;

/** Milliseconds to wait before attempt number `attempt` (from 0): doubled each time, spread by `random` in [0, 1). */
export function backOff(attempt: number, random: number): number {
  const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt);
  return delay * (0.5 + random / 2);
}

/** Milliseconds within which changes that the server tells of together have all arrived. */
const TOGETHER = 10;

/** Keeps a stream open for as long as it is wanted. Whoever listens hears each change, and each (re)connection. */
export class LiveConnection {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private telling: ReturnType<typeof setTimeout> | undefined;
  private arrived: Change[] | null = [];
  private readonly changeListeners = new Set<(changes: readonly Change[] | null) => void>();
  private readonly statusListeners = new Set<() => void>();
  status: LiveStatus = "connecting";

  constructor(private readonly url: string) {}

  open = (): (() => void) => {
    this.connect();
    window.addEventListener("online", this.retryNow);
    return () => {
      window.removeEventListener("online", this.retryNow);
      clearTimeout(this.timer);
      clearTimeout(this.telling);
      this.telling = undefined;
      this.source?.close();
      this.source = null;
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

  private connect(): void {
    clearTimeout(this.timer);
    this.source?.close();
    const source = new EventSource(this.url);
    this.source = source;
    source.onopen = () => {
      this.attempt = 0;
      this.setStatus("live");
      this.tell(null);
    };
    source.onmessage = (message) => {
      const change = JSON.parse(message.data) as Change;
      this.tell(change.kind === "reset" ? null : change);
    };
    source.onerror = () => {
      source.close();
      this.setStatus("offline");
      this.timer = setTimeout(() => this.connect(), backOff(this.attempt++, Math.random()));
    };
  }

  private retryNow = (): void => {
    if (this.status === "offline") this.connect();
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
