import { describe, expect, it } from "vitest";
import { markPieces, parseAnsi, plainText } from "./ansi";

describe("a line with sequences of a terminal", () => {
  it("keeps its text, and its colours as data", () => {
    const pieces = parseAnsi("a \x1b[1;31mred\x1b[0m b");
    expect(pieces.map(({ text, look }) => [text, look?.color ?? null, look?.bold ?? false])).toEqual([
      ["a ", null, false],
      ["red", 1, true],
      [" b", null, false],
    ]);
  });
  it("loses what is no colour: titles, cursor moves, other control characters", () => {
    expect(plainText("\x1b]0;title\x07\x1b[2Kx\x1b[3Ay\x08\x00")).toBe("xy");
  });
  it("passes over colours by number and by parts", () => {
    expect(parseAnsi("\x1b[38;2;1;31;4mx")[0]?.look).toBeNull();
    expect(parseAnsi("\x1b[38;5;9;4mx")[0]?.look).toMatchObject({ color: 9, underline: true });
  });
  it("leaves markup as the text that it is", () => {
    expect(parseAnsi("<b>&amp;</b>")).toEqual([{ text: "<b>&amp;</b>", look: null }]);
  });
});

describe("what is looked for", () => {
  const marks = (line: string, wanted: string) =>
    markPieces(parseAnsi(line), wanted).map(({ text, marked }) => (marked ? `[${text}]` : text));
  it("is marked wherever it occurs, in any case", () =>
    expect(marks("Loss loss", "loss")).toEqual(["[Loss]", " ", "[loss]"]));
  it("is marked across a change of colour", () =>
    expect(marks("lo\x1b[31mss\x1b[0m!", "loss")).toEqual(["[lo]", "[ss]", "!"]));
  it("marks neighbours", () => expect(marks("aab", "a")).toEqual(["[a]", "[a]", "b"]));
  it("marks nothing where nothing is looked for", () => expect(marks("a", "")).toEqual(["a"]));
});
