import { useLayoutEffect, useRef } from "react";
import { Link } from "wouter";
import styles from "./Tabs.module.css";

export interface Tab {
  name: string;
  href: string;
  /** Shown behind the name. */
  count?: number;
}

/** So much of the next tab is in sight too, clear of the shade over the edge. */
const NEXT = 32;

/** Views of one page, each with an address of its own: links, so that the browser's ways of opening them all work. */
export function Tabs({ label, tabs, current }: { label: string; tabs: Tab[]; current: string }) {
  const nav = useRef<HTMLElement>(null);
  const counted = tabs.filter(({ count }) => count !== undefined).length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab, or the same once counts have come, may lie outside of a narrow screen
  useLayoutEffect(() => {
    const tab = nav.current?.querySelector<HTMLElement>("[aria-current]");
    if (!nav.current || !tab) return;
    const beyond = tab.offsetLeft + tab.offsetWidth - nav.current.offsetLeft - nav.current.clientWidth;
    nav.current.scrollLeft = Math.max(0, beyond + NEXT);
  }, [current, counted]);
  return (
    <nav ref={nav} className={styles.tabs} aria-label={label}>
      {tabs.map(({ name, href, count }) => (
        <Link
          key={name}
          href={href}
          className={styles.tab}
          aria-current={name === current ? "page" : undefined}
        >
          {name}
          {count !== undefined && <span className={styles.count}>{count.toLocaleString("en-US")}</span>}
        </Link>
      ))}
    </nav>
  );
}
