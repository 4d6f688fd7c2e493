import { lazy } from "../../lib/lazy";
import { IconName } from "../IconName";
import { Popover } from "../Popover";
import { ColumnsIcon } from "../signs";
import type { Columns } from "./useColumns";

const ColumnList = lazy(() => import("./ColumnList"));

/** Shows, hides, pins and moves columns; finds them by name. */
export function ColumnManager({ columns }: { columns: Columns }) {
  return (
    <Popover name={<IconName icon={<ColumnsIcon />}>Columns</IconName>} title="Columns" width={380}>
      <ColumnList columns={columns} />
    </Popover>
  );
}
