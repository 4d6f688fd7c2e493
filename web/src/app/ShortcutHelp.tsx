import { SHARED } from "../api/base";
import { Button } from "../components/Button";
import { Check } from "../components/Check";
import { Dialog, DialogButtons } from "../components/Dialog";
import styles from "./ShortcutHelp.module.css";
import { useSingleKeys } from "./useShortcut";

const SHORTCUTS: readonly (readonly [
  name: string,
  rows: readonly (readonly [keys: string, does: string])[],
])[] = [
  [
    "Everywhere",
    [
      ...(SHARED === null ? ([["Ctrl K", "Go to a project, sweep or run"]] as const) : []),
      ["/", "Search the runs of this page"],
      ["?", "This list"],
      ["Esc", "Close what is open, clear a search"],
    ],
  ],
  ["On a project or sweep", [["Ctrl J", "From the sweeps or charts to the runs, and back"]]],
  [
    "On the panels of a sweep",
    [
      ["F", "Full screen of the chart with the focus, or under the cursor"],
      ["← →", "In full screen: the chart before, the next one of its section"],
      ["← →", "On the dots of a panel or section: to the dots of the next one"],
      ["Shift ← →", "On the dots of a panel or section: move it"],
      ["A", "Add a panel, to the section with the focus"],
      ["X", "Close the panel with the focus"],
      ["M", "Open and close all metrics"],
      ["Ctrl Z", "Undo the last change of the panels"],
      ["Ctrl Y", "Make it again"],
    ],
  ],
  [
    "In the runs table",
    [
      ["L", "To the left of the charts of a sweep, and back"],
      ["↑ ↓", "From run to run"],
      ["Page Up, Page Down", "Twelve runs at once"],
      ["Home, End", "First and last run"],
      ["Enter", "Open the run"],
      ["Space", "On a box: select the run"],
      ["Shift click", "Select all runs up to this one"],
    ],
  ],
  [
    "On the page of a run",
    [
      ["J", "Next run of the table"],
      ["K", "Run before"],
    ],
  ],
];

/** What the keyboard can do. */
export default function ShortcutHelp({ close }: { close: () => void }) {
  const [on, setOn] = useSingleKeys();
  return (
    <Dialog title="Keyboard shortcuts" width={480} onClose={close}>
      {/* The first that can have the focus: were it at the end, the list would open scrolled to there. */}
      <Check name="Shortcuts of a single key" on={on} set={setOn} />
      {SHORTCUTS.map(([name, rows]) => (
        <section key={name}>
          <h3 className={styles.part}>{name}</h3>
          <dl className={styles.list}>
            {rows.map(([keys, does]) => (
              <div key={keys}>
                <dt>
                  {keys.split(", ").map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <DialogButtons>
        <Button onClick={close}>Close</Button>
      </DialogButtons>
    </Dialog>
  );
}
