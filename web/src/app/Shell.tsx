import type { ReactNode } from "react";
import { Link } from "wouter";
import { LiveIndicator } from "../components/LiveIndicator";
import { Logo } from "../components/Logo";
import { ThemeToggle } from "../components/ThemeToggle";
import styles from "./Shell.module.css";

export interface Crumb {
  text: string;
  href: string;
}

/** The frame of every page: where am I, is it live, light or dark. */
export function Shell({ crumbs, children }: { crumbs: Crumb[]; children: ReactNode }) {
  return (
    <>
      <a className={styles.skip} href="#content">
        Skip to the content
      </a>
      <header className={styles.bar}>
        <Link href="/" className={styles.home} aria-label="besom: all projects">
          <Logo />
          <span className={styles.word}>besom</span>
        </Link>
        <nav className={styles.crumbs} aria-label="Where you are">
          <ol>
            {crumbs.map((crumb) => (
              <li key={crumb.text}>
                <Link href={crumb.href}>{crumb.text}</Link>
              </li>
            ))}
          </ol>
        </nav>
        <LiveIndicator />
        <ThemeToggle />
      </header>
      <main id="content" className={styles.main} tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
