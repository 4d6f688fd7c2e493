import type { ReactNode } from "react";
import { Logo } from "../components/Logo";
import styles from "./SignInPage.module.css";

/** What stands before the door: signing in, by whichever way. */
export const EntryPage = ({ title, children }: { title: string; children: ReactNode }) => (
  <main id="content" className={styles.page} tabIndex={-1}>
    <div className={styles.brand}>
      <Logo />
      besom
    </div>
    <h1>{title}</h1>
    {children}
  </main>
);
