import { SHARED } from "../api/base";
import { Dialog } from "../components/Dialog";
import styles from "./ShortcutHelp.module.css";

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
      ["Esc", "Close what is open"],
    ],
  ],
  [
    "On the panels of a sweep",
    [
      ["Shift ← →", "On the dots of a panel: move it"],
      ["Ctrl Z", "Undo the last change of the panels"],
      ["Ctrl Y", "Make it again"],
      ["← →", "In full screen: the chart before, the next one"],
    ],
  ],
  [
    "In the runs table",
    [
      ["↑ ↓", "From run to run"],
      ["Page Up, Page Down", "Twelve runs at once"],
      ["Home, End", "First and last run"],
      ["Enter", "Open the run"],
      ["Space", "On a box: select the run"],
      ["Shift, click", "Select all runs up to this one"],
    ],
  ],
];

/** What the keyboard can do. */
export default function ShortcutHelp({ close }: { close: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" width={480} onClose={close}>
      {SHORTCUTS.map(([name, rows]) => (
        <section key={name}>
          <h3 className={styles.part}>{name}</h3>
          <dl className={styles.list}>
            {rows.map(([keys, does]) => (
              <div key={keys}>
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
