/** The bytes of a run's files. */
import { BASE } from "./base";
import { ApiError, toApiError, unreachable } from "./errors";
import type { ProjectPath } from "./queries";

const encode = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

/** Where a file of a run can be read. The server answers pages of HTML so that their scripts reach nothing. */
export const fileAddress = ({ entity, project }: ProjectPath, runId: string, path: string): string =>
  `${BASE}/api/v1/projects/${encodeURIComponent(entity)}/${encodeURIComponent(project)}/runs/${encodeURIComponent(runId)}/files/${encode(path)}`;

/** Where bytes of the project can be read that are known by their SHA-256; `name`: of the file, where it is to be saved. */
export const blobAddress = ({ entity, project }: ProjectPath, digest: string, name?: string): string =>
  `${BASE}/api/v1/projects/${encodeURIComponent(entity)}/${encodeURIComponent(project)}/blobs/${digest}` +
  (name === undefined ? "" : `?name=${encodeURIComponent(name)}`);

/** A file, or its first `most` bytes. Throws an ApiError. */
export async function fetchBytes(address: string, signal: AbortSignal, most?: number): Promise<Uint8Array> {
  const headers: HeadersInit = most === undefined ? {} : { Range: `bytes=0-${most - 1}` };
  let answer: Response;
  try {
    answer = await fetch(address, { headers, signal });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable();
  }
  if (answer.status === 416) return new Uint8Array(); // an empty file has no range
  if (answer.status === 404) throw new ApiError(404, "no_bytes", "Its bytes have not arrived yet.");
  if (!answer.ok) throw toApiError(answer.status, await answer.json().catch(() => undefined));
  return new Uint8Array(await answer.arrayBuffer());
}
