import { expect, it } from "vitest";
import { toApiError } from "./errors";

it("speaks in the server's words", () => {
  const error = toApiError(409, {
    error: { code: "bad_state", message: "It has ended.", hint: "Resume it." },
  });
  expect([error.status, error.code, error.message, error.hint]).toEqual([
    409,
    "bad_state",
    "It has ended.",
    "Resume it.",
  ]);
});

it("still says something when a proxy answers with a page of its own", () => {
  expect(toApiError(502, "<html>").message).toBe("The server answered with status 502.");
});
