import { expect, it } from "vitest";
import { type DiffRow, diffLines, folded } from "./lineDiff";

const words = (rows: readonly DiffRow[]) =>
  rows.map(({ left, right, same }) => `${left?.text ?? ""}${same ? "=" : "|"}${right?.text ?? ""}`);
const diff = (left: string, right: string) => words(diffLines(left.split(""), right.split("")));

it.each([
  ["abc", "abc", ["a=a", "b=b", "c=c"]],
  ["abc", "abxc", ["a=a", "b=b", "|x", "c=c"]],
  ["abc", "ac", ["a=a", "b|", "c=c"]],
  ["abc", "axc", ["a=a", "b|x", "c=c"]],
  ["", "ab", ["|a", "|b"]],
  ["ab", "", ["a|", "b|"]],
  ["", "", []],
])("puts %j beside %j", (left, right, rows) => {
  expect(diff(left, right)).toEqual(rows);
});

/** Length of the longest common subsequence, by the book. */
function common(left: string, right: string): number {
  let row: number[] = new Array(right.length + 1).fill(0);
  for (const a of left) {
    const next = [0];
    for (let j = 0; j < right.length; j += 1)
      next.push(a === right[j] ? (row[j] as number) + 1 : Math.max(row[j + 1] as number, next[j] as number));
    row = next;
  }
  return row.at(-1) as number;
}

it("loses and repeats no line, and finds as many equal ones as there can be", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const text = () => Array.from({ length: random(30) }, () => "abcd"[random(4)]).join("");
  for (let i = 0; i < 300; i += 1) {
    const [left, right] = [text(), text()];
    const rows = diffLines(left.split(""), right.split(""));
    expect(rows.map((row) => row.left?.text ?? "").join("")).toBe(left);
    expect(rows.map((row) => row.right?.text ?? "").join("")).toBe(right);
    expect(rows.filter(({ same }) => same).every((row) => row.left?.text === row.right?.text)).toBe(true);
    expect(rows.filter(({ same }) => same).length).toBe(common(left, right));
  }
});

it("leaves equal lines out where nothing changed near them", () => {
  const lines = Array.from({ length: 40 }, (_, i) => String(i));
  const rows = diffLines(lines, lines.with(20, "new"));
  const shown = folded(rows);
  expect(shown[0]).toEqual({ skipped: 17 });
  expect(shown.at(-1)).toEqual({ skipped: 16 });
  expect(shown).toHaveLength(9);
});
