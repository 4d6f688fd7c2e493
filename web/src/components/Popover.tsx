import {
  type ComponentProps,
  type ReactNode,
  type RefObject,
  Suspense,
  type ToggleEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { putBelow } from "../lib/putBelow";
import { Button } from "./Button";
import floating from "./Floating.module.css";
import { Skeleton } from "./Skeleton";

interface Props {
  /** On the button. */
  name: ReactNode;
  /** Where the button shows a sign only. */
  label?: string;
  look?: "plain" | "ghost";
  title: string;
  /** Id of the element that says more than the title. */
  describedBy?: string;
  width?: number;
  /** Which edges of button and panel are in line. */
  side?: "left" | "right";
  /** To reach it from outside, for example to close it. */
  panel?: RefObject<HTMLDivElement | null>;
  onToggle?: (event: ToggleEvent<HTMLDivElement>) => void;
  /** Whatever else the button is to have. */
  button?: ComponentProps<"button">;
  /** Only rendered while it is open: what it shows may be on its way still. */
  children: ReactNode;
}

/** As high as most panels are, so that they do not change their place when they have come. */
const LOADING = 320;

/** A button that opens a panel beside it. The browser's own popover: Escape and a click elsewhere close it. */
export function Popover({
  name,
  label,
  look = "plain",
  title,
  describedBy,
  width = 320,
  side,
  panel,
  onToggle,
  button: more,
  children,
}: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const own = useRef<HTMLDivElement>(null);
  const shown = panel ?? own;
  const [open, setOpen] = useState(false);
  const place = () => {
    if (button.current !== null && shown.current !== null)
      putBelow(button.current, shown.current, width, side);
  };
  return (
    <>
      <Button {...more} ref={button} look={look} popoverTarget={id} aria-haspopup="dialog" aria-label={label}>
        {name}
      </Button>
      <div
        ref={shown}
        id={id}
        popover="auto"
        role="dialog"
        aria-labelledby={`${id}-title`}
        aria-describedby={describedBy}
        className={floating.panel}
        // React hands on the events of panels inside this one too.
        onBeforeToggle={({ target, currentTarget, newState }) => {
          if (target === currentTarget && newState === "open") setOpen(true);
        }}
        onToggle={(event) => {
          if (event.target !== event.currentTarget) return;
          // Not before it is closed: what has the focus in it would no longer be there to give it back.
          if (event.newState === "closed") setOpen(false);
          onToggle?.(event);
        }}
      >
        <h2 id={`${id}-title`}>{title}</h2>
        {open && (
          <Suspense
            fallback={
              <Placed place={place}>
                <Skeleton height={LOADING} />
              </Placed>
            }
          >
            <Placed place={place}>{children}</Placed>
          </Suspense>
        )}
      </div>
    </>
  );
}

/** What gives its panel another place once it is there. */
function Placed({ place, children }: { place: () => void; children: ReactNode }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: afterwards it stays where it is
  useLayoutEffect(place, []);
  return children;
}
