/** Curves of runs in the browser: each is fetched once, and again when its run has logged more. */
import { client, unwrap } from "./client";
import { type CurveEnds, curvesOf } from "./curveEnds";
import { joined, lengthened, type RunCurve, type StepRange } from "./curveRange";
import type { ProjectPath } from "./queries";
import type { Curve, LatestPoints, Run } from "./types";

export type FetchCurves = (
  runs: string[],
  keys: string[],
  points: number,
  range: StepRange | null,
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
  range: StepRange | null;
}

/** Runs in one request: their ids must fit into an address. */
const BATCH = 200;
/** Curves that are kept while nobody wants them. */
const MOST = 5_000;

/** Whose ends are asked for at once. */
const MOST_KEYS = 16;
/** A curve that has grown by its ends to so many times the points that were asked for is fetched anew. */
const LONGEST = 1.25;

const nameOf = (key: string, run: string, range: StepRange | null): string =>
  range === null ? `${run}\n${key}` : `${run}\n${key}\n${range.join(" ")}`;

const isWhole = ({ steps, total }: Curve): boolean => steps.length >= total;

export class CurveStore implements CurveEnds {
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<() => void>();
  private readonly followers = new Set<() => void>();
  private readonly wants = new Set<Want>();
  /** A coarse curve and a part of it, put together; forgotten with the part. */
  private readonly together = new WeakMap<Curve, { coarse: Curve; curve: RunCurve }>();
  private version = 0;

  constructor(private readonly fetchCurves: FetchCurves) {}

  getVersion = (): number => this.version;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Hears of the ends of curves as well, as soon as they are told. */
  follow = (listener: () => void): (() => void) => {
    this.followers.add(listener);
    return () => this.followers.delete(listener);
  };

  /** Keeps these curves, once they are here, until it is released: who shows them would not learn that they have gone. */
  want = (runs: readonly Logged[], keys: readonly string[], range: StepRange | null = null): (() => void) => {
    const want = { runs, keys, range };
    this.wants.add(want);
    return () => void this.wants.delete(want);
  };

  /**
   * Undefined until it was asked for once; without points where the run has not logged the key. Within the `range`, once
   * that was asked for, it has the points that were asked for there.
   */
  get = (key: string, run: string, range: StepRange | null = null): RunCurve | undefined => {
    const coarse = this.entries.get(nameOf(key, run, null))?.curve;
    if (coarse === undefined || range === null) return coarse;
    const fine = this.entries.get(nameOf(key, run, range))?.curve;
    if (fine === undefined) return coarse;
    const known = this.together.get(fine);
    if (known?.coarse === coarse) return known.curve;
    const curve = joined(coarse, fine);
    this.together.set(fine, { coarse, curve });
    return curve;
  };

  /**
   * Fetches what is not known, or known for fewer steps or with fewer points; of a range only what the whole curve lacks.
   * Tells of it once, in the end: of very many runs everything is drawn anew.
   */
  async load(
    runs: readonly Logged[],
    keys: readonly string[],
    points: number,
    signal: AbortSignal,
    range: StepRange | null = null,
  ): Promise<void> {
    const outdated = (run: Logged) => (key: string) => {
      const whole = this.entries.get(nameOf(key, run.id, null));
      if (range !== null && whole !== undefined && whole.steps >= run.steps && isWhole(whole.curve))
        return false;
      const entry = this.entries.get(nameOf(key, run.id, range));
      return entry === undefined || entry.steps < run.steps || entry.points < points;
    };
    const wanted = runs.filter((run) => keys.some(outdated(run)));
    let start = 0;
    try {
      for (; start < wanted.length; start += BATCH) {
        const some = wanted.slice(start, start + BATCH);
        const ids = some.map(({ id }) => id);
        const found = await this.fetchCurves(ids, [...keys], points, range, signal);
        this.put(some, keys, points, range, found);
      }
    } finally {
      if (start > 0) this.tell();
    }
  }

  keys = (): string[] => [...new Set([...this.wants].flatMap(({ keys }) => keys))].slice(0, MOST_KEYS);

  /** A curve that was known up to the first of the latest rows is known up to the last one. */
  take = (latest: readonly LatestPoints[], runs: readonly Logged[]): void => {
    const rows = new Map(runs.map(({ id, steps }) => [id, steps]));
    for (const end of latest) {
      const name = nameOf(end.key, end.run_id, null);
      const entry = this.entries.get(name);
      const steps = rows.get(end.run_id) ?? 0;
      if (entry === undefined || entry.steps >= steps) continue;
      const curve = lengthened(entry.curve, end);
      const isCurrent = end.from_row <= entry.steps && curve.steps.length <= LONGEST * entry.points;
      this.entries.set(name, { ...entry, curve, steps: isCurrent ? steps : entry.steps });
    }
    this.version += 1;
    for (const listener of this.followers) listener();
  };

  private put(
    runs: readonly Logged[],
    keys: readonly string[],
    points: number,
    range: StepRange | null,
    found: readonly Curve[],
  ): void {
    const curves = new Map(found.map((curve) => [nameOf(curve.key, curve.run_id, range), curve]));
    for (const { id, steps } of runs) {
      for (const key of keys) {
        const name = nameOf(key, id, range);
        const curve = curves.get(name) ?? { run_id: id, key, steps: [], values: [], total: 0 };
        this.entries.delete(name); // so that the newest come last
        this.entries.set(name, { steps, points, curve });
      }
    }
  }

  private tell(): void {
    this.dropOldest();
    this.version += 1;
    for (const listener of [...this.listeners, ...this.followers]) listener();
  }

  private dropOldest(): void {
    if (this.entries.size <= MOST) return;
    const wanted = new Set<string>();
    for (const { runs, keys, range } of this.wants)
      for (const { id } of runs)
        for (const key of keys) wanted.add(nameOf(key, id, null)).add(nameOf(key, id, range));
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= MOST) break;
      if (!wanted.has(oldest)) this.entries.delete(oldest);
    }
  }
}

/** The project's. */
export const curveStore = (path: ProjectPath): CurveStore =>
  curvesOf(path, () => new CurveStore(curvesFrom(path)));

const curvesFrom =
  ({ entity, project }: ProjectPath): FetchCurves =>
  async (runs, keys, points, range, signal) => {
    const part = range === null ? {} : { from_step: range[0], to_step: range[1] };
    const params = { path: { entity, project }, query: { runs, keys, points, ...part } };
    const page = await unwrap(client.GET("/api/v1/projects/{entity}/{project}/curves", { params, signal }));
    return page.curves;
  };
