import { createContext, type PointerEvent, type ReactNode, useContext, useId } from "react";
import styles from "./Card.module.css";

/** What is around a card, and adds to its head: a place among other cards, or a dialog that fills the screen. */
export interface Frame {
  /** What the title's element is to be called, so that the frame can refer to it. */
  titleId: string;
  /** At the end of the head. */
  tools: (title: string) => ReactNode;
  /** The title was taken hold of. */
  drag?: ((event: PointerEvent) => void) | undefined;
  /** Of the title among the headings of the page; else 2. */
  level?: 2 | 3;
  /** The frame has edges of its own. */
  bare?: boolean;
}

export const CardFrame = createContext<Frame | null>(null);

interface Props {
  title: string;
  /** Beside the title: a number, a legend, a switch. */
  aside?: ReactNode;
  /** At the end of the head, before what the frame has there. */
  tools?: ReactNode;
  children: ReactNode;
}

/** A region of the page that has the title's name. */
export function Card({ title, aside, tools, children }: Props) {
  const own = useId();
  const frame = useContext(CardFrame);
  const id = frame?.titleId ?? own;
  const Heading = `h${frame?.level ?? 2}` as const;
  return (
    <section className={frame?.bare ? undefined : styles.card} aria-labelledby={id}>
      <header className={styles.top}>
        <div className={styles.head}>
          <Heading
            id={id}
            className={frame?.drag === undefined ? undefined : styles.handle}
            onPointerDown={frame?.drag}
          >
            {title}
          </Heading>
          {aside !== undefined && <div className={styles.aside}>{aside}</div>}
        </div>
        {(frame !== null || tools !== undefined) && (
          <div className={styles.tools}>
            {tools}
            {frame?.tools(title)}
          </div>
        )}
      </header>
      {children}
    </section>
  );
}
