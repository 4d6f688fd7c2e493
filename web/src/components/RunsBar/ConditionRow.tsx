import { useEffect, useMemo } from "react";
import type { Operator } from "../../view/conditions";
import type { Field } from "../../view/fields";
import { useRunView } from "../../view/RunView";
import { Button } from "../Button";
import { Combobox } from "../Combobox";
import { CrossIcon } from "../signs";
import { type Draft, knownValues, OPERATOR_NAMES, operatorsFor, partsOf } from "./drafts";
import { FieldPicker } from "./FieldPicker";
import styles from "./RunsBar.module.css";

interface Props {
  /** From 1, for who cannot see the rows. */
  number: number;
  draft: Draft;
  change: (draft: Draft) => void;
  remove: () => void;
}

/** One condition: a field, how it is compared, and with what. */
export function ConditionRow({ number, draft, change, remove }: Props) {
  const { fieldById, nameAgents } = useRunView();
  const field = fieldById.get(draft.field);
  const isOfAgents = draft.field === "agent";
  useEffect(() => {
    if (isOfAgents) nameAgents();
  }, [isOfAgents, nameAgents]);
  const operators = field === undefined ? [] : operatorsFor(field);
  const offered = operators.includes(draft.operator) ? operators : [...operators, draft.operator];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in one line
    <div className={styles.condition} role="group" aria-label={`Condition ${number}`}>
      <FieldPicker
        label="Field"
        value={draft.field}
        autoFocus={draft.field === ""}
        onChoose={(id) => change({ field: id, operator: "=", text: "" })}
      />
      <select
        aria-label="Comparison"
        className={styles.operator}
        disabled={field === undefined}
        value={draft.operator}
        onChange={({ target }) => change({ ...draft, operator: target.value as Operator })}
      >
        {offered.map((operator) => (
          <option key={operator} value={operator}>
            {OPERATOR_NAMES[operator]}
          </option>
        ))}
      </select>
      {field !== undefined && (
        <ValueInput draft={draft} field={field} setText={(text) => change({ ...draft, text })} />
      )}
      <Button look="ghost" aria-label={`Remove condition ${number}`} onClick={remove}>
        <CrossIcon />
      </Button>
    </div>
  );
}

const MOST_OFFERED = 100;

function ValueInput({
  draft,
  field,
  setText,
}: {
  draft: Draft;
  field: Field;
  setText: (text: string) => void;
}) {
  const { all } = useRunView();
  const known = useMemo(() => knownValues(field, all), [field, all]);
  const options = useMemo(() => {
    const many = draft.operator === "in" || draft.operator === "not in";
    const before = many ? partsOf(draft.text, known).slice(0, -1) : [];
    return [...known.keys()].slice(0, MOST_OFFERED).map((word) => {
      const value = [...before, word].join(", ");
      return { value, name: value };
    });
  }, [known, draft.operator, draft.text]);
  if (draft.operator === "exists") {
    return (
      <select
        aria-label="Value"
        className={styles.value}
        value={draft.text === "no" ? "no" : "yes"}
        onChange={({ target }) => setText(target.value)}
      >
        <option value="yes">yes</option>
        <option value="no">no</option>
      </select>
    );
  }
  if (field.kind === "time") {
    return (
      <input
        type="datetime-local"
        aria-label="Value"
        className={styles.value}
        value={draft.text}
        onChange={({ target }) => setText(target.value)}
      />
    );
  }
  return (
    <Combobox
      label="Value"
      className={styles.value}
      options={field.kind === "duration" ? [] : options}
      placeholder={field.kind === "duration" ? "seconds" : "value"}
      text={draft.text}
      onText={setText}
      onChoose={setText}
    />
  );
}
