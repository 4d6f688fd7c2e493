import { expect, it } from "vitest";
import { plainLine, plainText } from "./plainLine";

it.each([
  ["Wide first. **Narrow** around `lr`\nmore", "Wide first. Narrow around lr"],
  ["# A *title* with a [link](https://example.org/a_b)", "A title with a link"],
  ["- one of _several_", "one of several"],
  ["learning_rate * 2 and batch_size", "learning_rate * 2 and batch_size"],
  ["  ", ""],
])("shows %j as %j", (markdown, plain) => {
  expect(plainLine(markdown)).toBe(plain);
});

it("keeps all lines of a longer text", () => {
  expect(plainText("# Found\n\n- **narrow** is better\n- `lr` matters")).toBe(
    "Found\n\nnarrow is better\nlr matters",
  );
});
