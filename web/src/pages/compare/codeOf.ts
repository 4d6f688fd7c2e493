/** The source files that are known of a run: those of its artifacts of type `code`, and what git says was not committed. */
import { queryOptions } from "@tanstack/react-query";
import { blobAddress, fetchBytes, fileAddress } from "../../api/files";
import { type ProjectPath, runArtifactsQuery, runFilesQuery } from "../../api/queries";

const CODE = "code";
/** What git says was changed since the commit. */
const DIFF = "diff.patch";

export interface CodeFile {
  path: string;
  digest: string;
  size: number;
  /** Where its bytes are. */
  address: string;
}

export const codeQuery = (path: ProjectPath, runId: string) =>
  queryOptions({
    queryKey: ["code", path.entity, path.project, runId],
    queryFn: async ({ client }): Promise<CodeFile[]> => {
      const [{ artifacts }, { files }] = await Promise.all([
        client.fetchQuery(runArtifactsQuery(path, runId)),
        client.fetchQuery(runFilesQuery(path, runId)),
      ]);
      // The newest first: of files that were logged twice the later ones count.
      const found = new Map<string, CodeFile>();
      for (const { type, files: logged } of artifacts)
        if (type === CODE)
          for (const { path: name, digest, size } of logged)
            if (!found.has(name))
              found.set(name, { path: name, digest, size, address: blobAddress(path, digest) });
      const patch = files.find((file) => file.path === DIFF && file.present);
      if (patch !== undefined) found.set(DIFF, { ...patch, address: fileAddress(path, runId, DIFF) });
      return [...found.values()];
    },
  });

/** Bytes of a file that are compared. */
const MOST = 400_000;

/** The lines of a file; of a long one the first; of none none. */
export const linesQuery = (file: CodeFile | null) =>
  queryOptions({
    queryKey: ["lines", file?.digest ?? null],
    queryFn: async ({ signal }): Promise<{ lines: string[]; cut: boolean }> => {
      if (file === null) return { lines: [], cut: false };
      const bytes = await fetchBytes(file.address, signal, MOST);
      const lines = new TextDecoder().decode(bytes).split("\n");
      if (lines.at(-1) === "") lines.pop();
      return { lines, cut: file.size > MOST };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

export type Change = "changed" | "only left" | "only right" | "same";

export interface FilePair {
  path: string;
  left: CodeFile | null;
  right: CodeFile | null;
  change: Change;
}

const RANK: Record<Change, number> = { changed: 0, "only left": 1, "only right": 1, same: 2 };

/** The files of both by their path; those that differ first. Pure. */
export function filePairs(left: readonly CodeFile[], right: readonly CodeFile[]): FilePair[] {
  const others = new Map(right.map((file) => [file.path, file]));
  const pairs = left.map((file): FilePair => {
    const other = others.get(file.path) ?? null;
    others.delete(file.path);
    const change = other === null ? "only left" : other.digest === file.digest ? "same" : "changed";
    return { path: file.path, left: file, right: other, change };
  });
  for (const [path, file] of others) pairs.push({ path, left: null, right: file, change: "only right" });
  return pairs.sort((a, b) => RANK[a.change] - RANK[b.change] || a.path.localeCompare(b.path));
}

/** How many of them differ. */
export function differenceWords(pairs: readonly FilePair[]): string {
  const total = pairs.length;
  const differing = pairs.filter(({ change }) => change !== "same").length;
  if (total === 1) return differing === 1 ? "The only file differs." : "The only file is the same.";
  if (differing > 0 && differing < total) return `${differing} of ${total} files differ.`;
  return `${total === 2 ? "Both" : `All ${total}`} files ${differing === 0 ? "are the same" : "differ"}.`;
}
