const UNITS = ["kB", "MB", "GB", "TB", "PB"];

/** 0 B, 312 B, 4.2 kB, 1.3 GB: powers of 1000, as file managers and disks count. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}
