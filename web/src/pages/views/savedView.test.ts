import { expect, it } from "vitest";
import { addressOf, viewOf } from "./savedView";

const PATH = { entity: "me", project: "my p" };

it("leads back to the page with all that was chosen but the ticks", () => {
  const view = viewOf("/me/my%20p/sweeps/abc", "q=x&selected=a,b&group=param%3Alr", { columns: 1 });
  expect(view).toEqual({ page: "sweeps/abc", search: "q=x&group=param%3Alr", kept: { columns: 1 } });
  expect(addressOf(PATH, { ...view })).toBe("/me/my%20p/sweeps/abc?q=x&group=param%3Alr");
});

it("knows its page however the address was written", () => {
  for (const project of ["a&b", "a%26b", "a%26%62"])
    expect(viewOf(`/me/${project}/sweeps/abc`, "", {}).page).toBe("sweeps/abc");
});

it.each([{}, { page: 7 }, { page: "//evil.example/../.." }, { page: "../../other" }])(
  "never leads out of its project: %j",
  (content) => {
    expect(addressOf(PATH, content)).toMatch(/^\/me\/my%20p(\/|$)/);
    expect(new URL(addressOf(PATH, content), "http://here").pathname).toMatch(/^\/me\/my%20p(\/|$)/);
  },
);
