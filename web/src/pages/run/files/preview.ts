/** How a file can be shown, by its name; whether bytes are text, by the bytes. */

export type Kind = "image" | "audio" | "video" | "page" | "other";

const KINDS: Record<string, Kind> = {
  png: "image",
  jpg: "image",
  jpeg: "image",
  gif: "image",
  webp: "image",
  wav: "audio",
  mp3: "audio",
  ogg: "audio",
  mp4: "video",
  webm: "video",
  html: "page",
  htm: "page",
};

export const kindOf = (path: string): Kind => KINDS[path.split(".").at(-1)?.toLowerCase() ?? ""] ?? "other";

/** The text of the first bytes of a file; null when they are none. A character cut at the end is left out. */
export function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}
