import { expect, it } from "vitest";
import { csv } from "./csv";

it("texts that a spreadsheet would take for formulas are made harmless, numbers stay what they are", () => {
  expect(csv([["=1+1", "-x", "-Infinity", -1, null, true]])).toBe("'=1+1,'-x,-Infinity,-1,,true\r\n");
});

it("separators, quotes and ends of lines are quoted", () => {
  expect(csv([["a,b", 'say "x"', "1\n2"]])).toBe('"a,b","say ""x""","1\n2"\r\n');
});
