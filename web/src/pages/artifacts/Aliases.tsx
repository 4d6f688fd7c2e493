import styles from "./Artifacts.module.css";

/** Names by which a version is called besides its number. */
export const Aliases = ({ of }: { of: readonly string[] }) =>
  of.length > 0 && (
    <span className={styles.aliases}>
      {of.map((alias) => (
        <span key={alias}>{alias}</span>
      ))}
    </span>
  );
