import { lazy } from "../../lib/lazy";
import { useRunView } from "../../view/RunView";
import { IconName } from "../IconName";
import { Popover } from "../Popover";
import { FilterIcon } from "../signs";
import styles from "./RunsBar.module.css";

const Conditions = lazy(() => import("./Conditions"));

/** A button with the conditions behind it. */
export function FilterEditor() {
  const { filter } = useRunView();
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
    >
      <Conditions />
    </Popover>
  );
}
