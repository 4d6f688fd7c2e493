import { useEffect, useMemo, useRef, useState } from "react";
import styles from "./AnnotatedPicture.module.css";
import type { FileValue } from "./mediaValues";
import { type Box, boxesOf, colorMask, masksOf } from "./overlays";
import { Picture } from "./Picture";

const TALLEST = 420;
const BOXES = "boxes";

interface Props {
  file: FileValue;
  addressOf: (path: string) => string;
  label: string;
}

/** An image with its boxes and masks, each of which can be hidden. */
export function AnnotatedPicture({ file, addressOf, label }: Props) {
  const boxes = useMemo(() => boxesOf(file.boxes, file.width, file.height), [file]);
  const masks = useMemo(() => masksOf(file.masks), [file]);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const layers = [...(boxes.length > 0 ? [BOXES] : []), ...masks.map(({ name }) => name)];
  const toggle = (layer: string) => {
    const changed = new Set(hidden);
    if (!changed.delete(layer)) changed.add(layer);
    setHidden(changed);
  };
  const { width, height } = file;
  const size =
    width && height ? { aspectRatio: `${width} / ${height}`, maxWidth: (TALLEST * width) / height } : {};
  return (
    <>
      <span className={styles.annotated} style={size}>
        <Picture file={file} address={addressOf(file.path)} label={label} />
        {masks
          .filter(({ name }) => !hidden.has(name))
          .map(({ name, path }) => (
            <MaskLayer key={name} address={addressOf(path)} />
          ))}
        {!hidden.has(BOXES) && <Boxes boxes={boxes} />}
      </span>
      <span className={styles.layers}>
        {layers.map((layer) => (
          <label key={layer}>
            <input type="checkbox" checked={!hidden.has(layer)} onChange={() => toggle(layer)} />
            {layer}
          </label>
        ))}
      </span>
    </>
  );
}

/** Boxes over an image, with their names. */
const Boxes = ({ boxes }: { boxes: readonly Box[] }) =>
  boxes.map(({ left, top, width, height, words, color }, i) => (
    <span
      key={i}
      className={styles.box}
      style={{
        left: `${100 * left}%`,
        top: `${100 * top}%`,
        width: `${100 * width}%`,
        height: `${100 * height}%`,
        borderColor: color,
      }}
    >
      {words !== "" && <span style={{ background: color }}>{words}</span>}
    </span>
  ));

/** A mask over an image, each class in its colour. */
function MaskLayer({ address }: { address: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const image = new Image();
    image.onload = () => {
      const element = canvas.current;
      const ctx = element?.getContext("2d", { willReadFrequently: true });
      if (element === null || !ctx) return;
      element.width = image.naturalWidth;
      element.height = image.naturalHeight;
      ctx.drawImage(image, 0, 0);
      const data = ctx.getImageData(0, 0, element.width, element.height);
      colorMask(data.data);
      ctx.putImageData(data, 0, 0);
    };
    image.src = address;
    return () => {
      image.onload = null;
    };
  }, [address]);
  return <canvas ref={canvas} className={styles.mask} />;
}
