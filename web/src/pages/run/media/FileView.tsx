import { useEffect, useState } from "react";
import { formatBytes } from "../../../lib/bytes";
import styles from "./Media.module.css";
import { type FileValue, isImage } from "./mediaValues";

interface Props {
  file: FileValue;
  address: string;
  /** Says what it is where nothing can be seen. */
  label: string;
}

/** A medium of one file, with its caption. */
export function FileView({ file, address, label }: Props) {
  return (
    <figure className={styles.figure}>
      <Content file={file} address={address} label={file.caption ?? label} />
      {file.caption !== undefined && <figcaption title={file.caption}>{file.caption}</figcaption>}
    </figure>
  );
}

function Content({ file, address, label }: Props) {
  if (isImage(file)) {
    return (
      <a href={address} target="_blank" rel="noreferrer" className={styles.imageLink}>
        <Picture file={file} address={address} label={label} />
      </a>
    );
  }
  switch (file._type) {
    case "html-file":
      // An origin of its own: its scripts can reach neither this page nor the session.
      return (
        <iframe
          key={address} // a new one, because another page in the old one would be a step back in the history
          className={styles.page}
          title={label}
          src={address}
          sandbox="allow-scripts"
          loading="lazy"
          referrerPolicy="no-referrer"
        />
      );
    case "audio-file":
      // biome-ignore lint/a11y/useMediaCaption: what a program logs has no captions
      return <audio className={styles.audio} src={address} controls preload="metadata" aria-label={label} />;
    case "video-file":
      // biome-ignore lint/a11y/useMediaCaption: see above
      return <video className={styles.video} src={address} controls preload="metadata" aria-label={label} />;
    default:
      return (
        <a href={address} download>
          {file.path.split("/").at(-1)}
          {file.size !== undefined && ` (${formatBytes(file.size)})`}
        </a>
      );
  }
}

const SMALL = 160;
const FIRST_WAIT = 1_000;
const LAST_ATTEMPT = 6;

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
