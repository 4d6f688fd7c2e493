import { expect, it } from "vitest";
import { formatBytes } from "./bytes";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [4200, "4.2 kB"],
  [9_960, "10 kB"],
  [999_600, "1.0 MB"],
  [1_340_000_000, "1.3 GB"],
])("%d bytes read %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
