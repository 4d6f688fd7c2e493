import { expect, test } from "vitest";
import { hasCompany } from "./people";

test("somebody alone on a laptop has no company; the first administrator of a server that others reach has", () => {
  for (const host of ["localhost", "127.0.0.1", "127.0.0.2", "[::1]"]) {
    expect(hasCompany(host, 1, 0)).toBe(false);
    expect(hasCompany(host, 2, 0)).toBe(true);
    expect(hasCompany(host, 1, 1)).toBe(true);
  }
  for (const host of ["besom.example", "10.0.0.7", "[::]", "localhost.example", "127.0.0.1.example"])
    expect(hasCompany(host, 1, 0)).toBe(true);
});
