/** A run's files as folders. */
import type { RunFile } from "../../../api/types";

export interface Row {
  /** Of a folder without the slash at its end. */
  path: string;
  name: string;
  depth: number;
  size: number;
  /** Null for a folder. */
  file: RunFile | null;
  /** Of a folder: files in it, at any depth. */
  count: number;
  open: boolean;
}

interface Folder {
  folders: Map<string, Folder>;
  files: RunFile[];
  size: number;
  count: number;
}

const folder = (): Folder => ({ folders: new Map(), files: [], size: 0, count: 0 });

/** The rows to show: folders before files, both by name; what is in a folder only where `isOpen(path)`. */
export function treeRows(files: readonly RunFile[], isOpen: (path: string) => boolean): Row[] {
  const root = folder();
  for (const file of files) {
    let here = root;
    for (const name of file.path.split("/").slice(0, -1)) {
      const inner = here.folders.get(name) ?? folder();
      here.folders.set(name, inner);
      inner.size += file.size;
      inner.count += 1;
      here = inner;
    }
    here.files.push(file);
  }
  const rows: Row[] = [];
  list(root, "", 0, isOpen, rows);
  return rows;
}

const byName = new Intl.Collator("en", { numeric: true }).compare;

function list(
  here: Folder,
  prefix: string,
  depth: number,
  isOpen: (path: string) => boolean,
  rows: Row[],
): void {
  for (const [name, inner] of [...here.folders].sort(([a], [b]) => byName(a, b))) {
    const path = prefix + name;
    const open = isOpen(path);
    rows.push({ path, name, depth, size: inner.size, file: null, count: inner.count, open });
    if (open) list(inner, `${path}/`, depth + 1, isOpen, rows);
  }
  for (const file of here.files.sort((a, b) => byName(a.path, b.path))) {
    const name = file.path.slice(prefix.length);
    rows.push({ path: file.path, name, depth, size: file.size, file, count: 1, open: false });
  }
}
