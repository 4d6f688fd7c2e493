import { useEffect, useState } from "react";

/** The value once it has not changed for `delay` milliseconds: for questions that cost, about what a hand still moves. */
export function useSettled<T>(value: T, delay = 400): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delay);
    return () => clearTimeout(timer);
  }, [value, delay]);
  return settled;
}
