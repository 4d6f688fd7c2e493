import { lazy, Suspense, useState } from "react";
import { Popover } from "../../components/Popover";
import { Skeleton } from "../../components/Skeleton";
import { BookmarkIcon } from "../../components/signs";
import { useRunView } from "../../view/RunView";

const ViewsPanel = lazy(() => import("./ViewsPanel"));

/** A button with the project's saved views behind it, and a way to save this one. */
export function SavedViews() {
  const { place } = useRunView();
  const [entity = "", project = ""] = place.split("/");
  const [open, setOpen] = useState(false);
  return (
    <Popover
      look="ghost"
      name={<BookmarkIcon />}
      label="Saved views"
      title="Saved views"
      width={360}
      onToggle={({ newState }) => setOpen(newState === "open")}
    >
      {open && (
        <Suspense fallback={<Skeleton height={120} />}>
          <ViewsPanel path={{ entity, project }} />
        </Suspense>
      )}
    </Popover>
  );
}
