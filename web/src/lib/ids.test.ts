import { expect, it } from "vitest";
import { comparePath } from "../app/routes";
import { formatIds, parseIds } from "./ids";

const ODD = ["a,b", "ü & ß", "x=1+2", "a.b-c_d"];

it("ids of every kind come back from the address", () => {
  expect([...parseIds(formatIds(ODD))]).toEqual(ODD);
  const { searchParams } = new URL(comparePath({ entity: "me", project: "p" }, ODD), "http://host");
  expect([...parseIds(searchParams.get("runs"))]).toEqual(ODD);
});

it("no ids are nothing in the address", () => {
  expect(formatIds([])).toBe("");
  for (const nothing of [null, "", ":"]) expect(parseIds(nothing).size).toBe(0);
});
