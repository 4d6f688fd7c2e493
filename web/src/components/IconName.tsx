import type { ReactNode } from "react";
import styles from "./IconName.module.css";

/** What stands on a button: its icon and its name, which is only read out where there is little room. */
export const IconName = ({ icon, children }: { icon: ReactNode; children: string }) => (
  <>
    {icon}
    <span className={styles.name}>{children}</span>
  </>
);
