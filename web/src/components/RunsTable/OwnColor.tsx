import { useEffect, useRef, useState } from "react";

/** Where a colour of one's own begins. */
const GREY = "#808080";
/** Milliseconds. */
const REST = 150;

interface Props {
  color: string | undefined;
  choose: (color: string) => void;
}

/** A colour beyond the series. It is chosen once the hand rests, for every chart of the page is then drawn anew. */
export function OwnColor({ color, choose }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [held, setHeld] = useState<string | null>(null);
  const settle = useRef((_: string) => {});
  settle.current = (chosen) => {
    setHeld(null);
    if (chosen !== color) choose(chosen);
  };
  useEffect(() => {
    if (held === null) return;
    const timer = setTimeout(() => settle.current(held), REST);
    return () => clearTimeout(timer);
  }, [held]);
  // React's own `onChange` is the event of every move.
  useEffect(() => {
    const element = input.current;
    const end = () => element !== null && settle.current(element.value);
    element?.addEventListener("change", end);
    return () => element?.removeEventListener("change", end);
  }, []);
  return (
    <input
      ref={input}
      type="color"
      aria-label="Another colour"
      title="Another colour"
      value={held ?? color ?? GREY}
      onChange={({ target }) => setHeld(target.value)}
    />
  );
}
