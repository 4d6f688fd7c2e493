import type { Run, Sweep } from "../../../api/types";
import { Card } from "../../../components/Card";
import { KeyValues } from "../../../components/KeyValues";
import { flatten } from "../../../lib/params";
import { searchSpace } from "../../../lib/searchSpace";
import styles from "./OverviewTab.module.css";

/** What the sweep handed out. Computed values are marked; parameters that do not exist in this run are named. */
export function SweepParams({
  params,
  sweep,
}: {
  params: NonNullable<Run["params"]>;
  sweep: Sweep | undefined;
}) {
  const values = flatten(params);
  const space = sweep === undefined ? [] : searchSpace(sweep.config);
  const formulas = new Map(space.filter(({ kind }) => kind === "derived").map((of) => [of.name, of.values]));
  const absent = space.filter(({ name, when }) => when.length > 0 && !values.has(name));
  return (
    <Card title="Parameters from the sweep">
      <KeyValues
        values={values}
        note={(name) =>
          formulas.has(name) && <span className={styles.formula}> computed: {formulas.get(name)}</span>
        }
      />
      {absent.length > 0 && (
        <dl className={styles.absent}>
          {absent.map(({ name, when }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd title="not part of this configuration">– only where {when.join(", and ")}</dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}
