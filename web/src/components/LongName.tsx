import styles from "./LongName.module.css";

const SHORT = 20;
const END = 10;

/** A name that gives way in its middle where it has no room: nested ones differ at their end. What it is in is labelled. */
export const LongName = ({ name }: { name: string }) =>
  name.length <= SHORT ? (
    name
  ) : (
    <span className={styles.whole}>
      <span className={styles.begin}>{name.slice(0, -END)}</span>
      {name.slice(-END)}
    </span>
  );
