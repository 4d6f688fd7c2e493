import styles from "./Check.module.css";

interface Props {
  name: string;
  on: boolean;
  set: (on: boolean) => void;
}

/** Something that is so or not. */
export const Check = ({ name, on, set }: Props) => (
  <label className={styles.check}>
    <input type="checkbox" checked={on} onChange={({ target }) => set(target.checked)} />
    {name}
  </label>
);
