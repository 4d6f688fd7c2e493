import { Suspense, useState } from "react";
import type { Run } from "../../api/types";
import { lazy } from "../../lib/lazy";
import { saveBlob, saveText } from "../../lib/save";
import type { Field } from "../../view/fields";
import { useRunView } from "../../view/RunView";
import { chosenRuns } from "../../view/useChosenRuns";
import { IconName } from "../IconName";
import { Menu } from "../Menu";
import { DownloadIcon } from "../signs";
import type { Columns } from "./useColumns";

const FailureDialog = lazy(() => import("../FailureDialog"));

interface Props {
  /** In the order of the table. */
  runs: readonly Run[];
  /** Whose runs these are; without one all of the project. */
  sweep?: string;
  columns: Columns;
}

/** The runs as a file: CSV is made here of what the table shows, Parquet by the server of all that it knows. */
export function ExportMenu({ runs, sweep, columns }: Props) {
  const view = useRunView();
  const { fields, place } = view;
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const [entity = "", project = ""] = place.split("/");
  const name = `${project}${sweep === undefined ? "" : `-${sweep}`}-runs`;
  const shown = () => columns.shown.map(({ field }) => field);
  const saveCsv = (fields: readonly Field[]) =>
    import("./export")
      .then(({ runsAsCsv }) => saveText(`${name}.csv`, runsAsCsv(runs, fields)))
      .catch(setError);
  const saveParquet = (filter: string | undefined) => {
    setBusy(true);
    void import("../../api/export")
      .then(({ fetchParquet }) => fetchParquet({ entity, project }, sweep, filter))
      .then((blob) => saveBlob(`${name}.parquet`, blob), setError)
      .finally(() => setBusy(false));
  };
  const words = busy ? "Exporting…" : "Export";
  return (
    <>
      <span role="status" className="visually-hidden">
        {busy && "The file is being made."}
      </span>
      <Menu
        label={words}
        look="plain"
        name={<IconName icon={<DownloadIcon />}>{words}</IconName>}
        items={() => {
          const { filter, beyondWords } = chosenRuns(view);
          return [
            { name: "CSV of the columns shown", act: () => void saveCsv(shown()) },
            { name: "CSV of everything known", act: () => void saveCsv(fields) },
            {
              name: beyondWords ? "Parquet of all runs" : "Parquet of everything known",
              act: () => !busy && saveParquet(filter),
            },
          ];
        }}
      />
      <Suspense>
        {error !== null && (
          <FailureDialog title="Nothing was exported" error={error} close={() => setError(null)} />
        )}
      </Suspense>
    </>
  );
}
