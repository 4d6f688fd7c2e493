import { Button } from "../components/Button";
import type { Fields } from "../view/conditions";
import { useRunView } from "../view/RunView";
import styles from "./MissingFields.module.css";
import { Nothing } from "./Nothing";

/** Names of those of the chosen fields that no run here has: what is chosen is so in every sweep of the project. */
export const missingOf = (known: Fields, chosen: readonly (string | null)[]): string[] =>
  chosen.flatMap((id) => (id === null || known.has(id) ? [] : [id.slice(id.indexOf(":") + 1)]));

export const useMissing = (...chosen: readonly (string | null)[]): string[] =>
  missingOf(useRunView().fieldById, chosen);

interface Props {
  height: number;
  missing: readonly string[];
  /** Chooses what stands there by itself. */
  mend: () => void;
}

/** In the place of a chart that was set up for runs with other fields. */
export const MissingFields = ({ height, missing, mend }: Props) => (
  <Nothing height={height}>
    <span className={styles.missing}>
      No run here has {missing.join(" and ")}. Choose something else above, or hide this panel.
      <Button onClick={mend}>Show the usual</Button>
    </span>
  </Nothing>
);
