import type { Importance } from "../../api/types";
import styles from "./Importance.module.css";
import { trustIn } from "./words";

interface Props {
  found: Importance;
  /** What the numbers rest on. */
  words: readonly string[];
}

/** How much the shares may be leant on, and why. */
export const Basis = ({ found: { fit }, words }: Props) => (
  <p className={styles.basis}>
    {fit !== null && (
      <span className={styles.trust} data-trust={trustIn(fit)}>
        {trustIn(fit)} confidence
      </span>
    )}
    {words.join(" ")}
  </p>
);
