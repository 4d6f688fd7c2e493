import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";
import type { Range } from "../view/conditions";
import { RangeFields } from "./RangeFields";

it("an end that is left empty stays open, and is shown so", async () => {
  let chosen: Range | null = null;
  function Fields() {
    const [range, set] = useState<Range | null>(null);
    chosen = range;
    return <RangeFields kind="number" range={range ?? undefined} set={set} ends={[0.1, 0.9]} />;
  }
  render(<Fields />);
  await userEvent.type(screen.getByLabelText("From"), "0.5{Enter}");
  expect(chosen).toEqual({ from: 0.5, to: Number.POSITIVE_INFINITY });
  expect(screen.getByLabelText("To")).toHaveValue("");
  expect(screen.getByLabelText("To")).toHaveAttribute("placeholder", "0.9");
  await userEvent.clear(screen.getByLabelText("From"));
  await userEvent.keyboard("{Enter}");
  expect(chosen).toBeNull();
});
