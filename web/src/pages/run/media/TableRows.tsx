import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { formatValue, plural } from "../../../lib/format";
import { FileView } from "./FileView";
import { HistogramView } from "./HistogramView";
import { isFile, isHistogram, isImage } from "./mediaValues";
import { Picture } from "./Picture";
import styles from "./TableView.module.css";
import { type Order, orderRows, type TableFile, tableColumns } from "./tableFile";

const ROW = 30;
const ROW_WITH_IMAGE = 76;

interface Props {
  table: TableFile;
  /** Where a path of the run can be read. */
  address: (path: string) => string;
  label: string;
}

/** The rows of a logged table, sorted by any column; only those in sight are in the document. */
export function TableRows({ table, address, label }: Props) {
  const [order, setOrder] = useState<Order | null>(null);
  const columns = useMemo(() => tableColumns(table), [table]);
  const positions = useMemo(() => orderRows(table.data, order), [table, order]);
  const scroller = useRef<HTMLDivElement>(null);
  const height = columns.some(({ image }) => image) ? ROW_WITH_IMAGE : ROW;
  const virtual = useVirtualizer({
    count: positions.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const sort = (column: number) => {
    if (order?.column !== column) setOrder({ column, descending: false });
    else setOrder(order.descending ? null : { column, descending: true });
  };
  return (
    <div className={styles.place}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section ref={scroller} className={styles.frame} aria-label={`Table ${label}`} tabIndex={0}>
        <table
          aria-label={label}
          className={styles.table}
          aria-rowcount={positions.length + 1}
          style={{ width: columns.reduce((sum, column) => sum + column.width, 0) }}
        >
          <colgroup>
            {columns.map(({ name, width }) => (
              <col key={name} style={{ width }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map(({ name, number }, i) => (
                <th
                  key={name}
                  scope="col"
                  className={number ? styles.number : undefined}
                  aria-sort={order?.column !== i ? "none" : order.descending ? "descending" : "ascending"}
                >
                  <button type="button" onClick={() => sort(i)}>
                    {name}
                    {order?.column === i && <span aria-hidden="true">{order.descending ? "↓" : "↑"}</span>}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <Gap height={above} />}
            {items.map(({ index }) => (
              <tr key={positions[index]} aria-rowindex={index + 2} style={{ height }}>
                {columns.map(({ name, number }, i) => (
                  <td key={name} className={number ? styles.number : undefined}>
                    <Cell
                      value={table.data[positions[index] as number]?.[i]}
                      address={address}
                      label={name}
                    />
                  </td>
                ))}
              </tr>
            ))}
            {below > 0 && <Gap height={below} />}
          </tbody>
        </table>
      </section>
      <p className={styles.count}>
        {plural(positions.length, "row")}, {plural(columns.length, "column")}
      </p>
    </div>
  );
}

const Gap = ({ height }: { height: number }) => (
  <tr>
    <td style={{ height, padding: 0 }} />
  </tr>
);

function Cell({ value, address, label }: { value: unknown; address: Props["address"]; label: string }) {
  if (isHistogram(value)) {
    return (
      <div className={styles.histogram}>
        <HistogramView histogram={value} />
      </div>
    );
  }
  if (isFile(value)) {
    const url = address(value.path);
    if (!isImage(value) && value._type !== "audio-file") {
      return (
        <a href={url} target="_blank" rel="noreferrer">
          {value.caption ?? value.path.split("/").at(-1)}
        </a>
      );
    }
    if (!isImage(value)) return <FileView file={value} addressOf={address} label={label} />;
    return (
      <a href={url} target="_blank" rel="noreferrer" className={styles.image} title={value.caption}>
        <Picture file={value} address={url} label={value.caption ?? label} />
      </a>
    );
  }
  const text = formatValue(value);
  return <span title={text.length > 24 ? text : undefined}>{text}</span>;
}
