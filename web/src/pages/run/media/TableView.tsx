import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ErrorNote } from "../../../components/ErrorNote";
import { Skeleton } from "../../../components/Skeleton";
import { useIsOwn, useKept } from "../../../view/kept";
import { ChartForm } from "./ChartForm";
import type { FileValue } from "./mediaValues";
import type { Preset } from "./presets";
import { TableChart } from "./TableChart";
import { TableRows } from "./TableRows";
import styles from "./TableView.module.css";
import { AS_TABLE, type ChartChoice, chartOf, unfit } from "./tableChart";
import type { TableFile } from "./tableFile";
import { tableQuery } from "./tableQuery";

interface Props {
  file: FileValue;
  /** Where a path of the run can be read. */
  address: (path: string) => string;
  label: string;
  /** Where it is kept what is seen of it: a table of the same name is seen alike in every run of the project. */
  place: string;
  /** The chart that its program has defined for it. */
  preset: Preset | null;
}

/** A logged table, as such or as a chart. */
export function TableView({ file, address, label, place, preset }: Props) {
  const url = address(file.path);
  const table = useQuery(tableQuery(url));
  if (table.error !== null) return <ErrorNote error={table.error} retry={table.refetch} />;
  if (table.data === undefined) return <Skeleton height={240} />;
  return <Shown key={url} table={table.data} {...{ address, label, place, preset }} />;
}

type ShownProps = { table: TableFile } & Omit<Props, "file">;

function Shown({ table, place, preset, ...rest }: ShownProps) {
  const name = `table.${rest.label}`;
  const [choice, choose] = useKept<ChartChoice>(place, name, preset?.choice ?? AS_TABLE);
  const isOwn = useIsOwn(place, name);
  const possible = useMemo(() => chartOf(table, choice), [table, choice]);
  // What a hand has chosen for other tables of this name is drawn as near as can be; a definition as it is, or not at all.
  const lacks = useMemo(
    () => (choice === preset?.choice ? unfit(table, choice) : null),
    [table, choice, preset],
  );
  const chart = choice.shows === "chart" && lacks === null ? possible : null;
  return (
    <div className={styles.place}>
      {possible !== null && (
        <ChartForm
          {...{ table, chart, choice, choose }}
          reset={isOwn && preset !== null ? () => choose(undefined) : null}
        />
      )}
      {preset !== null && preset.choice === null && (
        <p className={styles.count}>
          This is the table of the chart {preset.name}, whose definition is kept elsewhere and cannot be drawn
          here.
        </p>
      )}
      {lacks !== null && (
        <p className={styles.count}>
          The chart that its program has defined cannot be drawn: the column {lacks} holds no numbers.
        </p>
      )}
      {chart === null ? (
        <TableRows table={table} {...rest} />
      ) : (
        <TableChart table={table} chart={chart} titles={preset?.titles} />
      )}
    </div>
  );
}
