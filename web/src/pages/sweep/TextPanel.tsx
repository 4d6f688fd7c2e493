import { Notes } from "../../components/Notes";
import { useKeptText } from "./panelSettings";

/** Text in Markdown among the charts. */
export function TextPanel({ place, name }: { place: string; name: string }) {
  const [text, setText] = useKeptText(place, name);
  return (
    <Notes
      title="Text"
      text={text}
      draftName={`text/${place}/${name}`}
      placeholder="What to look at here, and what was learnt."
      save={async (text) => setText(text)}
    />
  );
}
