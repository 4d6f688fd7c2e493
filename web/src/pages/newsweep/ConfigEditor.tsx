import { type ReactNode, useId, useMemo, useRef } from "react";
import styles from "./ConfigEditor.module.css";
import { ConfigPreview } from "./ConfigPreview";
import type { Checked } from "./useConfigCheck";
import { goToLine, YamlEditor } from "./YamlEditor";

interface Props {
  text: string;
  onChange: (text: string) => void;
  checked: Checked;
  /** Below the text: what is to be done with it. */
  actions: ReactNode;
}

/** A configuration to write, beside it what it would do. */
export default function ConfigEditor({ text, onChange, checked, actions }: Props) {
  const problems = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const { check } = checked;
  const marks = useMemo(() => {
    const found = new Map<number, "error" | "warning">();
    for (const { line } of check?.warnings ?? []) if (line != null) found.set(line, "warning");
    for (const { line } of check?.errors ?? []) if (line != null) found.set(line, "error");
    return found;
  }, [check]);
  return (
    <div className={styles.columns}>
      <div className={styles.writing}>
        <YamlEditor
          label="Configuration"
          text={text}
          onChange={onChange}
          marks={marks}
          describedBy={problems}
          field={field}
        />
        <p className={styles.help}>
          <kbd>Ctrl</kbd> <kbd>Space</kbd> shows what may be written here. <kbd>Esc</kbd> closes that list,
          and <kbd>Tab</kbd> leaves the text.
        </p>
        <div className={styles.actions}>{actions}</div>
      </div>
      <ConfigPreview checked={checked} id={problems} goToLine={(line) => goToLine(field.current, line)} />
    </div>
  );
}
