import { Link } from "wouter";
import styles from "./Tabs.module.css";

export interface Tab {
  name: string;
  href: string;
  /** Shown behind the name. */
  count?: number;
}

/** Views of one page, each with an address of its own: links, so that the browser's ways of opening them all work. */
export function Tabs({ label, tabs, current }: { label: string; tabs: Tab[]; current: string }) {
  return (
    <nav className={styles.tabs} aria-label={label}>
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
