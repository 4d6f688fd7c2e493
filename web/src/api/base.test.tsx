import { beforeEach, expect, test, vi } from "vitest";

const SECRET = "0123456789abcdef0123456789abcdef01234567";

async function at(path: string) {
  window.history.replaceState(null, "", path);
  return import("./base");
}

beforeEach(() => vi.resetModules());

test.each([
  [`/shared/abc/${SECRET}`],
  [`/shared/abc/${SECRET}/`],
  [`/shared/abc/${SECRET}/ann/demo/sweeps/abc?tab=agents`],
])("a reader's page lies below the link: %s", async (path) => {
  expect(await at(path)).toMatchObject({ BASE: `/shared/abc/${SECRET}`, SHARED: "abc" });
});

test("a reader of a report begins there", async () => {
  const base = `/shared/reports/abc/${SECRET}`;
  expect(await at(`${base}/ann/demo/reports/abc`)).toMatchObject({
    BASE: base,
    IS_SHARED_REPORT: true,
    HOME: "/ann/demo/reports/abc",
  });
});

test.each([["/"], ["/shared/demo/sweeps/abc"], [`/ann/shared/abc/${SECRET}`], [`/shared/abc/${SECRET}0`]])(
  "everything else lies at the root: %s",
  async (path) => {
    expect(await at(path)).toMatchObject({ BASE: "", SHARED: null });
  },
);
