import { lazy } from "../../lib/lazy";
import { useRunView } from "../../view/RunView";
import { IconName } from "../IconName";
import { Popover } from "../Popover";
import { GroupIcon } from "../signs";
import styles from "./RunsBar.module.css";

const GroupFields = lazy(() => import("./GroupFields"));

/** By which fields the runs are grouped, the outermost first. */
export function GroupPicker() {
  const { group } = useRunView();
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
    >
      <GroupFields />
    </Popover>
  );
}
