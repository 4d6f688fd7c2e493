import { Popover } from "../../components/Popover";
import { BookmarkIcon } from "../../components/signs";
import { lazy } from "../../lib/lazy";
import { useRunView } from "../../view/RunView";

const ViewsPanel = lazy(() => import("./ViewsPanel"));

/** A button with the project's saved views behind it, and a way to save this one. */
export function SavedViews() {
  const { place } = useRunView();
  const [entity = "", project = ""] = place.split("/");
  return (
    <Popover look="ghost" name={<BookmarkIcon />} label="Saved views" title="Saved views" width={360}>
      <ViewsPanel path={{ entity, project }} />
    </Popover>
  );
}
