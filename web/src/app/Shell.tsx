import { type ReactNode, Suspense, useCallback, useState } from "react";
import { Link } from "wouter";
import { HOME, SHARED, SHARED_KIND } from "../api/base";
import { LiveIndicator } from "../components/LiveIndicator";
import { Logo } from "../components/Logo";
import { enlargeThis } from "../components/screen";
import { SearchIcon } from "../components/signs";
import { ThemeToggle } from "../components/ThemeToggle";
import { lazy } from "../lib/lazy";
import { PersonMenu } from "./PersonMenu";
import styles from "./Shell.module.css";
import { useShortcut } from "./useShortcut";

const QuickSearch = lazy(() => import("./QuickSearch"));
const ShortcutHelp = lazy(() => import("./ShortcutHelp"));

export interface Crumb {
  text: string;
  href: string;
}

/** Of all places a reader knows one. */
const READER_CRUMBS: readonly Crumb[] = [{ text: `Shared ${SHARED_KIND}, read-only`, href: HOME }];

const searchRuns = () => document.querySelector<HTMLElement>("[data-shortcut=search]")?.focus();

/** The frame of every page: where am I, where to, is it live, light or dark. */
export function Shell({ crumbs, children }: { crumbs: Crumb[]; children: ReactNode }) {
  const [over, setOver] = useState<"search" | "help" | null>(null);
  const close = useCallback(() => setOver(null), []);
  useShortcut("ctrl+k", () => SHARED === null && setOver("search"));
  useShortcut("?", () => setOver("help"));
  useShortcut("/", searchRuns);
  useShortcut("f", enlargeThis);
  return (
    <>
      <a className={styles.skip} href="#content">
        Skip to the content
      </a>
      <header className={styles.bar}>
        <Link
          href={HOME}
          className={styles.home}
          aria-label={`besom: ${SHARED === null ? "all projects" : `the ${SHARED_KIND}`}`}
        >
          <Logo />
          <span className={styles.word}>besom</span>
        </Link>
        <nav className={styles.crumbs} aria-label="Where you are">
          <ol>
            {(SHARED === null ? crumbs : READER_CRUMBS).map((crumb) => (
              <li key={crumb.text}>
                <Link href={crumb.href}>{crumb.text}</Link>
              </li>
            ))}
          </ol>
        </nav>
        {SHARED === null && (
          <button type="button" className={styles.search} onClick={() => setOver("search")}>
            <SearchIcon />
            <span>Search</span>
            <kbd>Ctrl K</kbd>
          </button>
        )}
        <LiveIndicator />
        <ThemeToggle />
        {SHARED === null && <PersonMenu />}
      </header>
      <main id="content" className={styles.main} tabIndex={-1}>
        {children}
      </main>
      <Suspense>
        {over === "search" && <QuickSearch close={close} />}
        {over === "help" && <ShortcutHelp close={close} />}
      </Suspense>
    </>
  );
}
