import { useMemo } from "react";
import { Button } from "../../components/Button";
import { Combobox } from "../../components/Combobox";
import { Dialog, DialogButtons } from "../../components/Dialog";
import type { PanelKind } from "../../panels/panels";
import { loggedKeys } from "../../view/loggedKeys";
import { useRunView } from "../../view/RunView";
import { loggedTables } from "../loggedcharts/loggedTables";
import { mediaOfRuns } from "../runsmedia/runsMedia";

interface Props {
  add: (kind: PanelKind, key: string) => void;
  close: () => void;
}

/** Finds anything that the runs log by its name: a number becomes curves, a table a chart, media stand side by side. */
export default function KeyPanelDialog({ add, close }: Props) {
  const { fields, all } = useRunView();
  const offered = useMemo(() => {
    const of = (kind: PanelKind, note: string, keys: readonly (readonly [key: string, name: string])[]) =>
      keys.map(([key, name]) => ({ kind, key, value: `${kind} ${key}`, name, note }));
    const alone = (key: string) => [key, key] as const;
    return [
      ...of("curves", "curves", loggedKeys(fields).map(alone)),
      ...of("logged", "chart or table", loggedTables(all)),
      ...of("media", "media", [...mediaOfRuns(all).keys()].map(alone)),
    ];
  }, [fields, all]);
  const choose = (value: string) => {
    const chosen = offered.find((one) => one.value === value);
    if (chosen === undefined) return;
    close();
    add(chosen.kind, chosen.key);
  };
  return (
    <Dialog title="A panel of what runs log" onClose={close}>
      {offered.length === 0 ? (
        <p>No run has logged anything yet.</p>
      ) : (
        <Combobox
          autoFocus
          label="Key"
          options={offered}
          text=""
          placeholder="A number, a table, an image"
          onChoose={choose}
        />
      )}
      <DialogButtons>
        <Button onClick={close}>Not now</Button>
      </DialogButtons>
    </Dialog>
  );
}
