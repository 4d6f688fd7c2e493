import { lazy, Suspense, useState } from "react";
import { useRunView } from "../../view/RunView";
import { IconName } from "../IconName";
import { Popover } from "../Popover";
import { Skeleton } from "../Skeleton";
import { GroupIcon } from "../signs";
import styles from "./RunsBar.module.css";

const GroupFields = lazy(() => import("./GroupFields"));

/** By which fields the runs are grouped, the outermost first. */
export function GroupPicker() {
  const { group } = useRunView();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      name={
        <>
          <IconName icon={<GroupIcon />}>Group</IconName>
          {group.length > 0 && <span className={styles.badge}>{group.length}</span>}
        </>
      }
      title="Group runs by"
      side="left"
      onToggle={({ newState }) => setOpen(newState === "open")}
    >
      {open && (
        <Suspense fallback={<Skeleton height={28} />}>
          <GroupFields />
        </Suspense>
      )}
    </Popover>
  );
}
