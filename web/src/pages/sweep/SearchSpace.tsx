import { useMemo } from "react";
import type { Sweep } from "../../api/types";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { Facts } from "../../components/Facts";
import { plural } from "../../lib/format";
import { conditionWords, type SpaceParameter, searchSpace } from "../../lib/searchSpace";
import styles from "./SearchSpace.module.css";

const KINDS = { fixed: "Fixed", searched: "Searched", derived: "Computed" } as const;

/** The parameters in words, and the rules that hold between them. */
export function SearchSpace({ config }: { config: Sweep["config"] }) {
  const space = useMemo(() => searchSpace(config), [config]);
  if (space.length === 0) return null;
  const columns: DataColumn<SpaceParameter>[] = [
    { name: "Parameter", cell: ({ name }) => <strong className={styles.name}>{name}</strong> },
    { name: "Role", cell: ({ kind }) => KINDS[kind] },
    {
      name: "Values",
      cell: ({ kind, values }) => (
        <span className={styles.values}>{kind === "derived" ? `= ${values}` : values}</span>
      ),
    },
  ];
  if (space.some(({ when }) => when.length > 0)) {
    columns.push({
      name: "Exists",
      cell: ({ when }) => (
        <span className={styles.values}>{when.length === 0 ? "always" : `where ${when.join(", and ")}`}</span>
      ),
    });
  }
  const rules = rulesOf(config);
  return (
    <>
      <DataTable label="Search space" columns={columns} rows={space} rowKey={({ name }) => name} />
      {rules.length > 0 && (
        <div className={styles.rules}>
          <Facts facts={rules} />
        </div>
      )}
    </>
  );
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function rulesOf(config: Sweep["config"]): [name: string, value: string][] {
  const repeat = config.repeat as { times?: number; parameter?: string } | undefined;
  const rules: [name: string, value: string][] = [
    ["Never together", list(config.forbid).map(conditionWords).join("; ")],
    [
      "Advance together",
      list(config.zip)
        .map((names) => list(names).join(" with "))
        .join("; "),
    ],
    [
      "Repeats",
      repeat?.times === undefined
        ? ""
        : `each configuration ${plural(repeat.times, "time")}${repeat.parameter ? `, told apart by ${repeat.parameter}` : ""}`,
    ],
    [
      "Tried first",
      list(config.start_with)
        .map((point) => conditionWords(point))
        .join("; "),
    ],
    ["Seed", config.seed === undefined ? "" : String(config.seed)],
  ];
  return rules.filter(([, value]) => value !== "");
}
