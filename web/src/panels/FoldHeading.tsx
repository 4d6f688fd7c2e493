import type { ComponentProps, Ref } from "react";
import { Button } from "../components/Button";
import { ChevronIcon } from "../components/signs";
import styles from "./Panels.module.css";

interface Props extends Pick<ComponentProps<"h2">, "onPointerDown"> {
  name: string;
  /** How much is below it, in words. */
  count: string;
  open: boolean;
  /** null while it stays open, for what is below it was searched. */
  fold: ((away: boolean) => void) | null;
  button?: Ref<HTMLButtonElement>;
}

/** A heading that folds what is below it. */
export const FoldHeading = ({ name, count, open, fold, button, onPointerDown }: Props) => (
  <>
    <h2 onPointerDown={onPointerDown}>
      <Button
        ref={button}
        look="ghost"
        className={styles.fold}
        aria-expanded={open}
        disabled={fold === null}
        onClick={() => fold?.(open)}
      >
        <ChevronIcon down={open} />
        <span>{name}</span>
      </Button>
    </h2>
    <span className={styles.count}>{count}</span>
  </>
);
