import type { Draft, Written } from "../lib/useDraft";
import { Button } from "./Button";
import { Notice } from "./Notice";
import { Ago } from "./Time";

/** Into the text that it is about, before the button that has the focus goes away. */
function goToText({ currentTarget }: { currentTarget: Element }): void {
  let around = currentTarget.parentElement;
  while (around !== null && around.querySelector("textarea") === null) around = around.parentElement;
  around?.querySelector("textarea")?.focus();
}

/** Tells that what stands in the editor was found, not saved; nothing where nothing was. */
export function DraftNote<T extends Written>({ draft }: { draft: Draft<T> }) {
  if (draft.foundAt === null) return null;
  return (
    <Notice
      actions={
        <>
          <Button
            onClick={(event) => {
              goToText(event);
              draft.keep();
            }}
          >
            Keep it
          </Button>
          <Button
            onClick={(event) => {
              goToText(event);
              draft.drop();
            }}
          >
            Drop it
          </Button>
        </>
      }
    >
      You have an unsaved draft, last changed <Ago time={draft.foundAt} />.
    </Notice>
  );
}
