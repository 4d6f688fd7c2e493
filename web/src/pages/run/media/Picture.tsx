import { useEffect, useState } from "react";
import styles from "./Media.module.css";
import type { FileValue } from "./mediaValues";

const SMALL = 160;
const FIRST_WAIT = 1_000;
const LAST_ATTEMPT = 6;

interface Props {
  file: FileValue;
  address: string;
  label: string;
}

/** An image; while its bytes are on their way it is asked for again. Small ones are enlarged without blur. */
export function Picture({ file, address, label }: Props) {
  const [tried, setTried] = useState({ address, attempt: 0, missing: false });
  const { attempt, missing } = tried.address === address ? tried : { attempt: 0, missing: false };
  useEffect(() => {
    if (!missing || attempt >= LAST_ATTEMPT) return;
    const again = () => setTried({ address, attempt: attempt + 1, missing: false });
    const timer = setTimeout(again, FIRST_WAIT * 2 ** attempt);
    return () => clearTimeout(timer);
  }, [address, missing, attempt]);
  if (missing) return <span className={styles.missing}>This image has not arrived yet.</span>;
  return (
    <img
      src={attempt === 0 ? address : `${address}?attempt=${attempt}`}
      alt={label}
      width={file.width}
      height={file.height}
      loading="lazy"
      decoding="async"
      className={file.width !== undefined && file.width <= SMALL ? styles.pixels : undefined}
      onError={() => setTried({ address, attempt, missing: true })}
    />
  );
}
