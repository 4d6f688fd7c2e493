import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo } from "react";
import { Link } from "wouter";
import { IS_SHARED_REPORT } from "../../api/base";
import { fileAddress } from "../../api/files";
import { type ProjectPath, runDetailsQuery } from "../../api/queries";
import type { Run } from "../../api/types";
import { runPath } from "../../app/routes";
import { Nothing } from "../../charts/Nothing";
import { SeriesLegend } from "../../charts/SeriesLegend";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { useKept } from "../../view/kept";
import { useRunView } from "../../view/RunView";
import { MatrixChart } from "../run/media/MatrixChart";
import { PictureChart } from "../run/media/PictureChart";
import { type Preset, presetFor } from "../run/media/presets";
import { TableRows } from "../run/media/TableRows";
import { AS_TABLE, type Chart, type ChartChoice, chartOf, unfit } from "../run/media/tableChart";
import styles from "./LoggedChart.module.css";
import { tableOf } from "./loggedTables";
import { overlaid, type RunTable } from "./overlaid";
import { useTables } from "./useTables";

/** Of a run's parts: the first is one stroke, so that runs with a single part are lines as anywhere. */
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [14, 4], [5, 2], [2, 6], [12, 3, 2, 3, 2, 3]] as const;

interface Props {
  path: ProjectPath;
  /** Those that have logged it. */
  runs: readonly Run[];
  /** Of the table. */
  name: string;
  height: number;
}

/**
 * The newest tables that several runs have logged under a key as one chart, in the colours of the runs; side by side
 * where nobody has said that they are a chart.
 */
export function LoggedChart({ path, runs, name, height }: Props) {
  const place = `${path.entity}/${path.project}`;
  const { preset, known } = usePreset(path, runs, name);
  const [choice] = useKept<ChartChoice>(place, `table.${name}`, preset?.choice ?? AS_TABLE);
  const { tables, error, pending } = useTables(path, runs, name);
  const filled = tables.find(({ table }) => table.data.length > 0)?.table;
  const chart = useMemo(() => (filled === undefined ? null : chartOf(filled, choice)), [filled, choice]);
  if (error !== null && tables.length === 0) return <ErrorNote error={error} />;
  if (!known || (tables.length === 0 && pending)) return <Skeleton height={height} />;
  if (filled === undefined) return <Nothing height={height}>Its tables have no rows yet.</Nothing>;
  if (chart === null || choice.shows !== "chart")
    return (
      <SideBySide {...{ path, tables, height }}>
        {({ run, table }) => (
          <TableRows
            table={table}
            address={(file) => fileAddress(path, run.id, file)}
            label={`${name} of ${run.name}`}
          />
        )}
      </SideBySide>
    );
  const lacks = choice === preset?.choice ? unfit(filled, choice) : null;
  if (lacks !== null)
    return <Nothing height={height}>It cannot be drawn: the column {lacks} holds no numbers.</Nothing>;
  if (chart.kind === "matrix")
    return (
      <SideBySide {...{ path, tables, height }}>
        {({ table, run }) => <MatrixChart {...{ table, chart }} titles={preset?.titles} of={run.name} />}
      </SideBySide>
    );
  return <Overlay {...{ path, tables, chart, preset, height }} />;
}

/** Of the first run that says how it is drawn: programs of W&B's client tell it apart from the table, so it may come later. */
function usePreset(
  path: ProjectPath,
  runs: readonly Run[],
  name: string,
): { preset: Preset | null; known: boolean } {
  const first = runs[0];
  const value = first === undefined ? undefined : tableOf(first, name);
  const own = useMemo(() => presetFor(value, name, {}), [value, name]);
  const query = runDetailsQuery(path, first?.id ?? "");
  const details = useQuery({
    ...query,
    enabled: first !== undefined && own === null,
    staleTime: 60_000,
    placeholderData: keepPreviousData, // when another run becomes the first, it is drawn as before until that one has told
  });
  const told = useMemo(() => presetFor(value, name, details.data?.charts ?? {}), [value, name, details.data]);
  return { preset: own ?? told, known: !details.isLoading };
}

interface OverlayProps {
  path: ProjectPath;
  tables: readonly RunTable[];
  chart: Chart;
  preset: Preset | null;
  height: number;
}

function Overlay({ path, tables, chart, preset, height }: OverlayProps) {
  const { colors } = useRunView();
  const { picture, kind, x, y, series, parts } = useMemo(() => overlaid(tables, chart), [tables, chart]);
  const twins = useMemo(() => twinsOf(tables, colors.of), [tables, colors]);
  const styleOf = useCallback(
    (i: number) => {
      const { run = "", part = 0 } = series[i] ?? {};
      return { color: colors.of(run), dash: dashOf(part + parts.length * (twins.get(run) ?? 0)) };
    },
    [series, parts, twins, colors],
  );
  const hasTwins = [...twins.values()].some((before) => before > 0);
  const titles = preset?.titles;
  return (
    <>
      <PictureChart
        {...{ picture, kind, styleOf, height }}
        xTitle={titles?.get(x) ?? x}
        yTitle={titles?.get(y) ?? y}
      />
      <Runs
        {...{ path, tables }}
        dashOf={(run) =>
          kind === "line" && hasTwins ? dashOf(parts.length * (twins.get(run) ?? 0)) : undefined
        }
      />
      {parts.length > 1 && kind === "line" && (
        <SeriesLegend
          label={chart.color}
          entries={parts.map((part, i) => ({ id: part, dash: dashOf(i), name: part }))}
        />
      )}
    </>
  );
}

interface RunsProps extends Pick<OverlayProps, "path" | "tables"> {
  /** Of a run's line, where colours alone do not tell the runs apart. */
  dashOf?: (run: string) => readonly number[] | undefined;
}

function Runs({ path, tables, dashOf }: RunsProps) {
  const { colors } = useRunView();
  return (
    <SeriesLegend
      label="Runs"
      entries={tables.map(({ run: { id, name } }) => ({
        id,
        color: colors.of(id),
        dash: dashOf?.(id),
        name: IS_SHARED_REPORT ? name : <Link href={runPath({ ...path, id })}>{name}</Link>,
      }))}
    />
  );
}

const dashOf = (i: number): readonly number[] => DASHES[i % DASHES.length] ?? [];

/** By the id of a run, how many before it have its colour: their lines are told apart by other dashes. */
function twinsOf(tables: readonly RunTable[], colorOf: (run: string) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  return new Map(
    tables.map(({ run }) => {
      const color = colorOf(run.id);
      const before = counts.get(color) ?? 0;
      counts.set(color, before + 1);
      return [run.id, before];
    }),
  );
}

interface SideBySideProps extends Pick<OverlayProps, "path" | "tables" | "height"> {
  children: (one: RunTable) => ReactNode;
}

/** Rows and matrices cannot lie upon each other: one for each run. */
function SideBySide({ path, tables, height, children }: SideBySideProps) {
  return (
    <div className={styles.beside} style={{ minHeight: height }}>
      {tables.map((one) => (
        <div key={one.run.id} className={styles.one}>
          <Runs path={path} tables={[one]} />
          {children(one)}
        </div>
      ))}
    </div>
  );
}
