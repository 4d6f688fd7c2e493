/** Curves of runs in the browser: each is fetched once, and again when its run has logged more. */
import { client, unwrap } from "./client";
import type { ProjectPath } from "./queries";
import type { Curve, Run } from "./types";

export type FetchCurves = (
  runs: string[],
  keys: string[],
  points: number,
  signal: AbortSignal,
) => Promise<readonly Curve[]>;

/** What a curve depends on: a run that has logged more rows has another one. */
export type Logged = Pick<Run, "id" | "steps">;

interface Entry {
  steps: number;
  points: number;
  curve: Curve;
}

interface Want {
  runs: readonly Logged[];
  keys: readonly string[];
}

/** Runs in one request: their ids must fit into an address. */
const BATCH = 200;
/** Curves that are kept while nobody wants them. */
const MOST = 5_000;

const nameOf = (key: string, run: string): string => `${run}\n${key}`;

export class CurveStore {
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<() => void>();
  private readonly wants = new Set<Want>();
  private version = 0;

  constructor(private readonly fetchCurves: FetchCurves) {}

  getVersion = (): number => this.version;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Keeps these curves, once they are here, until it is released: who shows them would not learn that they have gone. */
  want = (runs: readonly Logged[], keys: readonly string[]): (() => void) => {
    const want = { runs, keys };
    this.wants.add(want);
    return () => void this.wants.delete(want);
  };

  /** Undefined until it was asked for once; without points where the run has not logged the key. */
  get = (key: string, run: string): Curve | undefined => this.entries.get(nameOf(key, run))?.curve;

  /** Fetches what is not known, or known for fewer steps or with fewer points. */
  async load(
    runs: readonly Logged[],
    keys: readonly string[],
    points: number,
    signal: AbortSignal,
  ): Promise<void> {
    const outdated = (run: Logged) => (key: string) => {
      const entry = this.entries.get(nameOf(key, run.id));
      return entry === undefined || entry.steps < run.steps || entry.points < points;
    };
    const wanted = runs.filter((run) => keys.some(outdated(run)));
    for (let start = 0; start < wanted.length; start += BATCH) {
      const some = wanted.slice(start, start + BATCH);
      const ids = some.map(({ id }) => id);
      const found = await this.fetchCurves(ids, [...keys], points, signal);
      this.put(some, keys, points, found);
    }
  }

  private put(
    runs: readonly Logged[],
    keys: readonly string[],
    points: number,
    found: readonly Curve[],
  ): void {
    const curves = new Map(found.map((curve) => [nameOf(curve.key, curve.run_id), curve]));
    for (const { id, steps } of runs) {
      for (const key of keys) {
        const name = nameOf(key, id);
        const curve = curves.get(name) ?? { run_id: id, key, steps: [], values: [], total: 0 };
        this.entries.delete(name); // so that the newest come last
        this.entries.set(name, { steps, points, curve });
      }
    }
    this.dropOldest();
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  private dropOldest(): void {
    if (this.entries.size <= MOST) return;
    const wanted = new Set<string>();
    for (const { runs, keys } of this.wants)
      for (const { id } of runs) for (const key of keys) wanted.add(nameOf(key, id));
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= MOST) break;
      if (!wanted.has(oldest)) this.entries.delete(oldest);
    }
  }
}

const KEPT = 2;
const stores = new Map<string, CurveStore>();

/** The project's; it outlives the page, so that going back shows the curves at once. */
export function curveStore(path: ProjectPath): CurveStore {
  const { entity, project } = path;
  const key = JSON.stringify([entity, project]);
  const known = stores.get(key);
  if (known !== undefined) return known;
  const store = new CurveStore(async (runs, keys, points, signal) => {
    const params = { path: { entity, project }, query: { runs, keys, points } };
    const page = await unwrap(client.GET("/api/v1/projects/{entity}/{project}/curves", { params, signal }));
    return page.curves;
  });
  stores.set(key, store);
  for (const oldest of stores.keys()) {
    if (stores.size <= KEPT) break;
    stores.delete(oldest);
  }
  return store;
}
