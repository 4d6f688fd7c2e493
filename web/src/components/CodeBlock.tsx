import { Fragment } from "react";
import styles from "./CodeBlock.module.css";
import { CopyButton } from "./CopyButton";

interface Props {
  text: string;
  label: string;
  /** Gets colours; other text has none. */
  yaml?: boolean;
}

/** Text as it was written, in a frame that scrolls sideways by itself, with a button beside it that copies it. */
export const CodeBlock = ({ text, label, yaml = false }: Props) => (
  <div className={styles.place}>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
    <section className={styles.frame} aria-label={label} tabIndex={0}>
      <pre className={styles.code}>
        {text
          .trimEnd()
          .split("\n")
          .map((line, i) => (
            <Fragment key={i}>
              {yaml ? <YamlLine line={line} /> : line}
              {i === 0 && <span className={styles.room} />}
              {"\n"}
            </Fragment>
          ))}
      </pre>
    </section>
    <CopyButton text={text} what={label} className={styles.copy} />
  </div>
);

const PARTS = /^(\s*(?:- )*)([^\s:#{[][^:#]*:)?(.*?)(\s#.*|^\s*#.*)?$/;

/** Key, value and comment in colours of their own. */
export function YamlLine({ line }: { line: string }) {
  const [, indent, key, value, comment] = PARTS.exec(line) ?? [];
  if (value === undefined) return line;
  return (
    <>
      {indent}
      {key !== undefined && <span className={styles.key}>{key}</span>}
      {value}
      {comment !== undefined && <span className={styles.comment}>{comment}</span>}
    </>
  );
}
