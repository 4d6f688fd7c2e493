import { memo, type RefObject, useLayoutEffect, useState } from "react";
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
  /** One looks for it where it is, and scrolls by finger or bar: shades say that there is more, and cover nothing. */
  shadesOnly?: boolean;
}

/** Says at which side of something that scrolls sideways there is more; its buttons go there. */
export const ScrollSigns = memo(function ScrollSigns({ scroller, what, shadesOnly = false }: Props) {
  const [more, setMore] = useState({ left: false, right: true, end: 0, foot: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => {
      const left = element.scrollLeft > 1;
      const right = element.scrollLeft + element.clientWidth < element.scrollWidth - 1;
      const end = element.offsetWidth - element.clientLeft - element.clientWidth;
      const foot = element.offsetHeight - element.clientTop - element.clientHeight;
      setMore((known) =>
        known.left === left && known.right === right && known.end === end && known.foot === foot
          ? known
          : { left, right, end, foot },
      );
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
    <div
      key={side}
      className={styles.edge}
      data-side={side}
      data-more={more[side]}
      data-shade={shadesOnly}
      style={{ "--bar-end": `${more.end}px`, "--bar-foot": `${more.foot}px` } as React.CSSProperties}
    >
      {!shadesOnly && (
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
      )}
    </div>
  ));
});
