import { expect, it } from "vitest";
import type { Viewer } from "../api/types";
import { mayWriteIn } from "./rights";

const viewer = (role: Viewer["role"], teams: Viewer["teams"] = []): Viewer => ({
  name: "ann",
  entity: "ann",
  role,
  server_version: "1",
  teams,
});

it.each([
  ["admin", [], "anybody", true],
  ["member", [], "ann", true],
  ["member", [], "team", false],
  ["member", [{ name: "team", role: "member" }], "team", true],
  ["member", [{ name: "team", role: "viewer" }], "team", false],
  ["viewer", [{ name: "team", role: "admin" }], "team", false],
  ["viewer", [], "ann", false],
] as const)("lets a server's %s with the teams %j write in %s: %s", (role, teams, entity, may) => {
  expect(mayWriteIn(viewer(role, [...teams]), entity)).toBe(may);
});
