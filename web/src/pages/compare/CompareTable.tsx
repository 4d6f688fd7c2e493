import { type ReactNode, useMemo, useState } from "react";
import { Button } from "../../components/Button";
import { Check } from "../../components/Check";
import { SearchField } from "../../components/SearchField";
import { copyText } from "../../lib/copy";
import { plural } from "../../lib/format";
import { searchPattern } from "../../view/conditions";
import styles from "./CompareTable.module.css";
import { asText, type CompareRow, chosenRows } from "./rows";

interface Props {
  label: string;
  columns: readonly { id: string; name: string; head: ReactNode }[];
  rows: readonly CompareRow[];
  /** Of all of it; without it as high as it needs, within bounds. */
  height?: number;
}

/** What the columns have in common and what not, a row for each thing that can be said of them. */
export function CompareTable({ label, columns, rows, height }: Props) {
  const [onlyDifferences, setOnly] = useState(columns.length > 1);
  const [search, setSearch] = useState("");
  const [copied, setCopied] = useState(false);
  const shown = useMemo(
    () => chosenRows(rows, onlyDifferences, searchPattern(search)),
    [rows, onlyDifferences, search],
  );
  const names = columns.map(({ name }) => name);
  return (
    <section className={styles.place} style={{ height }} aria-label={label}>
      <div className={styles.bar}>
        <SearchField label="Search rows" value={search} set={setSearch} />
        <Check name="Differences only" on={onlyDifferences} set={setOnly} />
        <span className={styles.count} role="status">
          {plural(shown.length, "row")} of {rows.length}
        </span>
        <Button onClick={async () => setCopied(await copyText(asText(names, shown)))}>
          <span aria-live="polite">{copied ? "Copied" : "Copy table"}</span>
        </Button>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a section inside the section would be one landmark too many */}
      <div
        className={styles.frame}
        role="group"
        aria-label="Rows"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <table aria-label={label} className={styles.table}>
          <thead>
            <tr>
              <td />
              {columns.map(({ id, head }) => (
                <th key={id} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ part, name, cells, differs }, i) => (
              <tr key={`${part} ${name}`} data-first={shown[i - 1]?.part !== part || undefined}>
                <th scope="row">
                  {shown[i - 1]?.part !== part && <span className={styles.part}>{part}</span>}
                  {name}
                </th>
                {cells.map((cell, j) => (
                  <td key={j} data-differs={(differs && !onlyDifferences) || undefined}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && (
          <p className={styles.none}>
            {search === "" ? "They do not differ in anything." : "No row has such a name."}
          </p>
        )}
      </div>
    </section>
  );
}
