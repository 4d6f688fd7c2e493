import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { runOf } from "../../../view/testRuns";
import type { TabProps } from "../RunPage";
import LogTab from "./LogTab";
import type { Output } from "./useOutput";

let output: Output;
vi.mock("./useOutput", () => ({ useOutput: () => output }));

const printed = (texts: string[], complete = true): Output => ({
  lines: texts.map((text, number) => ({ number, text, time: 0 })),
  complete,
  error: null,
  retry: () => undefined,
});

const PROPS = {
  path: { entity: "me", project: "p" },
  run: runOf("r"),
  changed: () => false,
} as unknown as TabProps;

it("counts the matches of this search, however many the last one had", async () => {
  output = printed(["loss 1", "loss 2", "loss 3"]);
  const { rerender } = render(<LogTab {...PROPS} />);
  const search = screen.getByRole("searchbox");
  await userEvent.type(search, "loss{Enter}{Enter}");
  expect(screen.getByRole("status")).toHaveTextContent("3 of 3 lines");
  await userEvent.clear(search);
  await userEvent.type(search, "done");
  expect(screen.getByRole("status")).toHaveTextContent("No match");
  output = printed(["loss 1", "loss 2", "loss 3", "done"]);
  rerender(<LogTab {...PROPS} />);
  expect(screen.getByRole("status")).toHaveTextContent("1 of 1 line");
});

it("is downloaded once all of it is here", () => {
  output = printed(["1"], false);
  const { rerender } = render(<LogTab {...PROPS} />);
  expect(screen.getByRole("button", { name: "Download" })).toBeDisabled();
  output = printed(["1", "2"]);
  rerender(<LogTab {...PROPS} />);
  expect(screen.getByRole("button", { name: "Download" })).toBeEnabled();
});
