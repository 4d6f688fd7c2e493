import { useMemo, useState } from "react";
import { Button } from "../components/Button";
import { Combobox } from "../components/Combobox";
import { expressionOf } from "./expression";
import styles from "./MeasureForm.module.css";

interface Props {
  /** What runs log. */
  metrics: readonly string[];
  text: string;
  choose: (text: string) => void;
}

/** Asks for a metric, or for arithmetic over some; takes only what can be drawn. */
export function MeasureForm({ metrics, text: chosen, choose }: Props) {
  const [text, setText] = useState(chosen);
  const [problem, setProblem] = useState<string | null>(null);
  const options = useMemo(() => metrics.map((name) => ({ value: name, name })), [metrics]);
  const take = (typed: string) => {
    const meant = expressionOf(typed.trim(), metrics);
    setProblem(meant instanceof Error ? meant.message : null);
    if (!(meant instanceof Error)) choose(typed.trim());
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        take(text);
      }}
    >
      <Combobox
        label="Metric or expression"
        options={options}
        text={text}
        placeholder="loss, or ${val/loss} - ${loss}"
        className={styles.field}
        onText={setText}
        onChoose={(name) => {
          setText(name);
          take(name);
        }}
      />
      <Button type="submit" look="primary" disabled={text.trim() === ""}>
        Draw
      </Button>
      {problem !== null && (
        <span className={styles.problem} role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}
