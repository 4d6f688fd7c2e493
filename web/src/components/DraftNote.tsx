import type { Draft, Written } from "../lib/useDraft";
import { Button } from "./Button";
import { Notice } from "./Notice";
import { Ago } from "./Time";

/** Tells that what stands in the editor was found, not saved; nothing where nothing was. */
export function DraftNote<T extends Written>({ draft }: { draft: Draft<T> }) {
  if (draft.foundAt === null) return null;
  return (
    <Notice
      actions={
        <>
          <Button onClick={draft.keep}>Keep it</Button>
          <Button onClick={draft.drop}>Drop it</Button>
        </>
      }
    >
      You have an unsaved draft, last changed <Ago time={draft.foundAt} />.
    </Notice>
  );
}
