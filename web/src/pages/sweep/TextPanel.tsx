import { Notes } from "../../components/Notes";
import { MayWriteProvider } from "../../view/MayWrite";
import { draftOfText, useKeptText } from "./panelSettings";

/** Text in Markdown among the charts. It stays in the browser, so who only reads the sweep may write it too. */
export function TextPanel({ place, name }: { place: string; name: string }) {
  const [text, setText] = useKeptText(place, name);
  return (
    <MayWriteProvider value={true}>
      <Notes
        title="Text"
        text={text}
        draftName={draftOfText(place, name)}
        placeholder="What to look at here, and what was learnt."
        save={async (text) => setText(text)}
      />
    </MayWriteProvider>
  );
}
