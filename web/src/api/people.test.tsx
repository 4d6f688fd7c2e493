import { expect, test } from "vitest";
import { hasCompany } from "./people";

test("somebody alone on a laptop has no company; the first administrator of a server that others reach has", () => {
  expect(hasCompany(false, 1, 0)).toBe(false);
  expect(hasCompany(false, 2, 0)).toBe(true);
  expect(hasCompany(false, 1, 1)).toBe(true);
  expect(hasCompany(true, 1, 0)).toBe(true);
});
