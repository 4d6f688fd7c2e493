/** All runs of a sweep or project in the browser: loaded page by page, then kept current by what changed since. */
import type { Run, RunPage } from "./types";

export interface PageRequest {
  limit: number;
  cursor?: string;
  since?: number;
}

export type FetchRuns = (request: PageRequest, signal: AbortSignal) => Promise<RunPage>;

export interface RunsSnapshot {
  runs: readonly Run[];
  /** Number of runs on the server, as of its last answer. */
  total: number;
  /** Every page has arrived at least once. */
  complete: boolean;
  error: Error | null;
}

/** The first page fills the screen soon; the others are as large as the server allows: each makes the page draw anew. */
const FIRST_PAGE = 100;
const PAGE = 10_000;

/** `runs` with those of `page` put in, and those that it calls deleted taken out. A page may be older than what is known. */
export function mergePage(
  runs: ReadonlyMap<string, Run>,
  page: Pick<RunPage, "runs" | "deleted">,
): Map<string, Run> {
  const merged = new Map(runs);
  for (const run of page.runs) {
    const known = merged.get(run.id);
    if (known === undefined || known.version <= run.version) merged.set(run.id, run);
  }
  for (const id of page.deleted ?? []) merged.delete(id);
  return merged;
}

export class RunCollection {
  private byId = new Map<string, Run>();
  private since: number | null = null;
  private cursor: string | undefined;
  private working: AbortController | null = null;
  private again = false;
  private readonly listeners = new Set<() => void>();
  private snapshot: RunsSnapshot = { runs: [], total: 0, complete: false, error: null };

  constructor(private readonly fetchRuns: FetchRuns) {}

  getSnapshot = (): RunsSnapshot => this.snapshot;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.refresh();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.working?.abort();
      this.working = null;
    };
  };

  /** Loads what is missing, then what has changed. Calls while it is at work lead to one more round. */
  refresh = (): void => {
    if (this.working !== null) {
      this.again = true;
      return;
    }
    const controller = new AbortController();
    this.working = controller;
    this.work(controller.signal)
      .catch((error: unknown) => {
        if (!controller.signal.aborted) this.publish({ error: error as Error });
      })
      .finally(() => {
        if (this.working !== controller) return;
        this.working = null;
        if (this.again) {
          this.again = false;
          this.refresh();
        }
      });
  };

  private async work(signal: AbortSignal): Promise<void> {
    // Changes are asked for since the first page, so what changes while the others arrive is not missed.
    while (!this.snapshot.complete) {
      const first = this.since === null;
      const page = await this.fetchRuns({ limit: first ? FIRST_PAGE : PAGE, cursor: this.cursor }, signal);
      this.since ??= page.version;
      this.cursor = page.cursor ?? undefined;
      this.byId = mergePage(this.byId, page);
      this.publish({ total: page.total, complete: page.cursor === null, error: null });
      if (first && page.cursor === null) return;
    }
    let cursor: string | undefined;
    let version = this.since ?? 0;
    let merged = this.byId;
    do {
      const page = await this.fetchRuns({ limit: PAGE, cursor, since: this.since ?? 0 }, signal);
      if (cursor === undefined) version = page.version;
      cursor = page.cursor ?? undefined;
      if (page.runs.length > 0 || (page.deleted ?? []).length > 0) merged = mergePage(merged, page);
    } while (cursor !== undefined);
    this.since = version;
    if (merged !== this.byId || this.snapshot.error !== null) {
      this.byId = merged;
      this.publish({ total: merged.size, error: null });
    }
  }

  private publish(change: Partial<RunsSnapshot>): void {
    this.snapshot = { ...this.snapshot, runs: [...this.byId.values()], ...change };
    for (const listener of this.listeners) listener();
  }
}
