import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OwnColor } from "./OwnColor";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function shown(color?: string) {
  const choose = vi.fn();
  render(<OwnColor color={color} choose={choose} />);
  return { choose, picker: screen.getByLabelText("Another colour") };
}

it("a colour is chosen once the hand rests, not at each place that it passes", () => {
  const { choose, picker } = shown();
  for (const value of ["#000001", "#000002", "#000003"]) fireEvent.input(picker, { target: { value } });
  expect(picker).toHaveValue("#000003");
  expect(choose).not.toHaveBeenCalled();
  act(() => vi.runAllTimers());
  expect(choose.mock.calls).toEqual([["#000003"]]);
});

it("a picker that is closed has chosen at once, and nothing where nothing is another", () => {
  const { choose, picker } = shown("#000001");
  fireEvent.input(picker, { target: { value: "#000002" } });
  fireEvent(picker, new Event("change", { bubbles: true }));
  expect(choose.mock.calls).toEqual([["#000002"]]);
  fireEvent.input(picker, { target: { value: "#000001" } });
  act(() => vi.runAllTimers());
  expect(choose).toHaveBeenCalledOnce();
});
