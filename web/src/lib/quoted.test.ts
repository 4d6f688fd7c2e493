import { expect, it } from "vitest";
import { pythonText, shellWord } from "./quoted";

it("leaves a plain name as it is, and lets a shell read nothing into any other", () => {
  const words = ["me/digits-2/ab12", "me/two words/ab12", "me/$(reboot);`x`/ab12", "me/it's/ab12", ""];
  expect(words.map(shellWord)).toEqual([
    "me/digits-2/ab12",
    "'me/two words/ab12'",
    "'me/$(reboot);`x`/ab12'",
    "'me/it'\\''s/ab12'",
    "''",
  ]);
});

it("is text in Python, whatever it holds", () => {
  expect(pythonText('a "b" \\ c')).toBe('"a \\"b\\" \\\\ c"');
});
