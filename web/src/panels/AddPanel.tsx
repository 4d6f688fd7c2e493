import { type ReactNode, useState } from "react";
import { Menu } from "../components/Menu";
import { KINDS, type PanelKind } from "./panels";

interface Props {
  /** The section in whose head it stands; undefined: above all panels. */
  section: string | undefined;
  kinds: readonly PanelKind[];
  add: (kind: PanelKind, key?: string) => void;
  /** Asks for a key, and adds the panel that shows it. */
  byKey: (add: (kind: PanelKind, key: string) => void, close: () => void) => ReactNode;
}

/** A button with the kinds of panels that can be added there. */
export function AddPanel({ section, kinds, add, byKey }: Props) {
  const [asksForKey, askForKey] = useState(false);
  return (
    <>
      <Menu
        label={section === undefined ? "Add panel" : `Add panel to ${section}`}
        name="Add panel"
        look={section === undefined ? "plain" : "ghost"}
        items={() => [
          ...kinds.map((kind) => ({ name: KINDS[kind].name, act: () => add(kind) })),
          null,
          { name: "By key…", act: () => askForKey(true) },
        ]}
      />
      {asksForKey && byKey(add, () => askForKey(false))}
    </>
  );
}
