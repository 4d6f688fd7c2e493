import { Button } from "../../components/Button";
import { Popover } from "../../components/Popover";
import { DownloadIcon } from "../../components/signs";
import { fileNamed, saveText } from "../../lib/save";
import type { Against } from "../curveLines";
import type { Line } from "../curves";
import { linesAsCsv } from "../linesAsCsv";
import styles from "./Downloads.module.css";

interface Props {
  title: string;
  /** What the lines show. */
  value: string;
  lines: readonly Line[];
  against: Against;
  nameOf: (id: string) => string;
  disabled: boolean;
}

/** The chart as a picture, its numbers as a table. */
export function Downloads({ title, value, lines, against, nameOf, disabled }: Props) {
  const file = fileNamed(title);
  const savePicture = async (card: HTMLElement) => {
    const { saveCardPicture } = await import("../../lib/cardPicture");
    await saveCardPicture(card, title);
  };
  return (
    <Popover
      name={<DownloadIcon />}
      label={`Download ${title}`}
      look="ghost"
      title="Download"
      width={220}
      button={{ disabled }}
    >
      <div className={styles.choices}>
        <Button
          onClick={({ currentTarget }) => void savePicture(currentTarget.closest("section") as HTMLElement)}
        >
          Picture (PNG)
        </Button>
        <Button onClick={() => saveText(`${file}.csv`, linesAsCsv(lines, value, against.name, nameOf))}>
          Data (CSV)
        </Button>
      </div>
    </Popover>
  );
}
