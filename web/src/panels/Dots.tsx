import { Menu, type MenuEntry } from "../components/Menu";
import { DotsIcon } from "../components/signs";
import { DOTS, type Moves, onArrow } from "./places";

interface Props {
  title: string;
  moves: Moves;
  items: () => readonly MenuEntry[];
}

/** The menu of a panel or section; the arrow keys go from one to the next, or move what it is of. */
export const Dots = ({ title, moves, items }: Props) => (
  // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the button inside
  <span {...{ [DOTS]: "" }} onKeyDown={(event) => onArrow(event, moves)}>
    <Menu label={`Actions of ${title}`} name={<DotsIcon />} items={items} />
  </span>
);
