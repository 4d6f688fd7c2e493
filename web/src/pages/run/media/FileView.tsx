import { formatBytes } from "../../../lib/bytes";
import { AnnotatedPicture } from "./AnnotatedPicture";
import styles from "./Media.module.css";
import { type FileValue, isImage } from "./mediaValues";
import { Picture } from "./Picture";

interface Props {
  file: FileValue;
  /** Where a path of the run can be read. */
  addressOf: (path: string) => string;
  /** Says what it is where nothing can be seen. */
  label: string;
}

/** A medium of one file, with its caption. */
export function FileView({ file, addressOf, label }: Props) {
  return (
    <figure className={styles.figure}>
      <Content file={file} addressOf={addressOf} label={file.caption ?? label} />
      {file.caption !== undefined && <figcaption title={file.caption}>{file.caption}</figcaption>}
    </figure>
  );
}

function Content({ file, addressOf, label }: Props) {
  const address = addressOf(file.path);
  if (isImage(file)) {
    if (file.boxes !== undefined || file.masks !== undefined) {
      return <AnnotatedPicture file={file} addressOf={addressOf} label={label} />;
    }
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
          referrerPolicy="origin" // by which the server knows a frame where browsers do not say so
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
