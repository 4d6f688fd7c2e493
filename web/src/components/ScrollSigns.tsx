import { type RefObject, useLayoutEffect, useState } from "react";
import styles from "./ScrollSigns.module.css";
import { ChevronIcon } from "./signs";

/** How much of what is in sight a press goes on, so that something known stays. */
const SHARE = 0.7;
const ENDS = [
  ["left", -1],
  ["right", 1],
] as const;

interface Props {
  /** Its first child is wider than it is. Lies in the same place as this. */
  scroller: RefObject<HTMLElement | null>;
  /** More of which there is, in the plural. */
  what: string;
}

/** Says at which side of something that scrolls sideways there is more, and goes there when pressed. */
export function ScrollSigns({ scroller, what }: Props) {
  const [more, setMore] = useState({ left: false, right: true });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => {
      const left = element.scrollLeft > 1;
      const right = element.scrollLeft + element.clientWidth < element.scrollWidth - 1;
      setMore((known) => (known.left === left && known.right === right ? known : { left, right }));
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    for (const one of [element, element.firstElementChild]) if (one !== null) observer.observe(one);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [scroller]);
  return ENDS.map(([side, sign]) => (
    <div key={side} className={styles.edge} data-side={side} data-more={more[side]}>
      <button
        type="button"
        aria-label={`More ${what} to the ${side}`}
        aria-disabled={!more[side]}
        onClick={() => {
          const element = scroller.current;
          element?.scrollBy({ left: sign * SHARE * element.clientWidth });
        }}
      >
        <ChevronIcon />
      </button>
    </div>
  ));
}
