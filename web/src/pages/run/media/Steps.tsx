import { useId } from "react";
import { formatCount } from "../../../lib/format";
import styles from "./Media.module.css";

interface Props {
  step: number;
  /** Of the steps with a medium: how many there are but one, and which is shown. */
  last: number;
  index: number;
  choose: (index: number) => void;
}

/** Which step is shown, with a slider over all that have a medium. */
export function Steps({ step, last, index, choose }: Props) {
  const id = useId();
  const words = `Step ${formatCount(step)}`;
  if (last === 0) return <span className={styles.step}>{words}</span>;
  return (
    <div className={styles.slider}>
      <label htmlFor={id} className={styles.step}>
        {words}
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={last}
        value={index}
        aria-valuetext={words}
        onChange={(event) => choose(Number(event.target.value))}
      />
    </div>
  );
}
