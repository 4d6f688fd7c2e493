/** All runs of a sweep or project in the browser: loaded page by page, then kept current by what changed since. */
import { replaceEqualDeep } from "@tanstack/react-query";
import { tickClock } from "../lib/clock";
import type { CurveEnds } from "./curveEnds";
import type { Run, RunPage, Sweep } from "./types";

export interface PageRequest {
  limit: number;
  cursor?: string;
  since?: number;
  latest?: string[];
}

export type FetchRuns = (request: PageRequest, signal: AbortSignal) => Promise<RunPage>;

export interface RunsSnapshot {
  runs: readonly Run[];
  /** Number of runs on the server, as of its last answer. */
  total: number;
  /** Every page has arrived at least once. */
  complete: boolean;
  error: Error | null;
  /** The runs' sweep, as it was told of together with them; null until it changes. */
  sweep: Sweep | null;
}

/** The first page fills the screen soon; the others are as large as the server allows. */
const FIRST_PAGE = 100;
const PAGE = 10_000;
/** Everything is drawn anew with each publication, so while many runs load they are shown when they have grown so much. */
const GROWTH = 10;

/** The oldest first. Ids tell apart what was created in one instant, so that each visit shows the same order. */
const byCreation = (a: Run, b: Run): number => a.created - b.created || (a.id < b.id ? -1 : 1);

/** Puts the runs of `page` in, and takes out those that it calls deleted. A page may be older than what is known. */
export function mergePage(runs: Map<string, Run>, page: Pick<RunPage, "runs" | "deleted">): void {
  for (const run of page.runs) {
    const known = runs.get(run.id);
    if (known === undefined || known.version <= run.version) runs.set(run.id, run);
  }
  for (const id of page.deleted ?? []) runs.delete(id);
}

export class RunCollection {
  private readonly byId = new Map<string, Run>();
  private since: number | null = null;
  private cursor: string | undefined;
  private working: AbortController | null = null;
  private again = false;
  private readonly listeners = new Set<() => void>();
  private snapshot: RunsSnapshot = { runs: [], total: 0, complete: false, error: null, sweep: null };

  constructor(
    private readonly fetchRuns: FetchRuns,
    private readonly curveEnds: () => CurveEnds | undefined = () => undefined,
  ) {}

  getSnapshot = (): RunsSnapshot => this.snapshot;

  /** What is known of a run, if anything is. */
  find = (id: string): Run | undefined => this.byId.get(id);

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
    if (!this.snapshot.complete && (await this.loadAll(signal))) return;
    await this.loadChanges(signal);
  }

  /** Whether all came at once, so that none of it can have changed meanwhile. */
  private async loadAll(signal: AbortSignal): Promise<boolean> {
    const ask = () =>
      this.fetchRuns({ limit: this.since === null ? FIRST_PAGE : PAGE, cursor: this.cursor }, signal);
    let next = ask();
    for (;;) {
      const page = await next;
      const complete = page.cursor === null;
      const atOnce = complete && this.since === null;
      // Changes are asked for since the first page, so what changes while the others arrive is not missed.
      this.since ??= page.version;
      this.cursor = page.cursor ?? undefined;
      if (!complete) next = ask(); // the server is at work while the page draws
      mergePage(this.byId, page);
      if (complete || this.byId.size >= GROWTH * this.snapshot.runs.length)
        this.publish({ total: page.total, complete, error: null });
      if (complete) return atOnce;
    }
  }

  private async loadChanges(signal: AbortSignal): Promise<void> {
    let cursor: string | undefined;
    let version = this.since ?? 0;
    let { sweep } = this.snapshot;
    let changed = false;
    const ends = this.curveEnds();
    const latest = ends?.keys();
    do {
      const page = await this.fetchRuns({ limit: PAGE, cursor, since: this.since ?? 0, latest }, signal);
      if (cursor === undefined) version = page.version;
      cursor = page.cursor ?? undefined;
      if (page.changed_sweep) sweep = replaceEqualDeep(sweep, page.changed_sweep);
      changed ||= page.runs.length > 0 || (page.deleted ?? []).length > 0 || sweep !== this.snapshot.sweep;
      mergePage(this.byId, page);
      if (page.latest?.length) ends?.take(page.latest, page.runs);
    } while (cursor !== undefined);
    this.since = version;
    if (changed || this.snapshot.error !== null) this.publish({ total: this.byId.size, error: null, sweep });
  }

  private publish(change: Partial<RunsSnapshot>): void {
    this.snapshot = { ...this.snapshot, runs: [...this.byId.values()].sort(byCreation), ...change };
    for (const listener of this.listeners) listener();
    tickClock();
  }
}
