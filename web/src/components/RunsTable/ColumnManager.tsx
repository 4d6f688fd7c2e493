import { lazy, Suspense, useState } from "react";
import { IconName } from "../IconName";
import { Popover } from "../Popover";
import { Skeleton } from "../Skeleton";
import { ColumnsIcon } from "../signs";
import type { Columns } from "./useColumns";

const ColumnList = lazy(() => import("./ColumnList"));

/** Shows, hides, pins and moves columns; finds them by name. */
export function ColumnManager({ columns }: { columns: Columns }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      name={<IconName icon={<ColumnsIcon />}>Columns</IconName>}
      title="Columns"
      width={380}
      onToggle={({ newState }) => setOpen(newState === "open")}
    >
      {open && (
        <Suspense fallback={<Skeleton height={320} />}>
          <ColumnList columns={columns} />
        </Suspense>
      )}
    </Popover>
  );
}
