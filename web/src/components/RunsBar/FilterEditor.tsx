import { lazy, Suspense, useState } from "react";
import { useRunView } from "../../view/RunView";
import { IconName } from "../IconName";
import { Popover } from "../Popover";
import { Skeleton } from "../Skeleton";
import { FilterIcon } from "../signs";
import styles from "./RunsBar.module.css";

const Conditions = lazy(() => import("./Conditions"));

/** A button with the conditions behind it. */
export function FilterEditor() {
  const { filter } = useRunView();
  const [open, setOpen] = useState(false);
  const count = filter.conditions.length;
  return (
    <Popover
      name={
        <>
          <IconName icon={<FilterIcon />}>Filter</IconName>
          {count > 0 && <span className={styles.badge}>{count}</span>}
        </>
      }
      title="Runs for which"
      width={520}
      side="left"
      onToggle={({ newState }) => setOpen(newState === "open")}
    >
      {open && (
        <Suspense fallback={<Skeleton height={68} />}>
          <Conditions />
        </Suspense>
      )}
    </Popover>
  );
}
