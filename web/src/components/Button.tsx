import type { ComponentProps, MouseEvent } from "react";
import styles from "./Button.module.css";

interface Props extends ComponentProps<"button"> {
  look?: "plain" | "primary" | "danger" | "ghost";
  /** What it does is under way: it does nothing more, but keeps the focus, which a disabled one would lose. */
  busy?: boolean;
}

const hold = (event: MouseEvent) => event.preventDefault();

export function Button({
  look = "plain",
  busy = false,
  className = "",
  type = "button",
  onClick,
  ...rest
}: Props) {
  return (
    <button
      type={type}
      className={`${styles.button} ${styles[look]} ${className}`}
      aria-disabled={busy || undefined}
      onClick={busy ? hold : onClick}
      {...rest}
    />
  );
}
