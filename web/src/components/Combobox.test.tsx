import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { Combobox } from "./Combobox";

beforeEach(() => {
  const [showPopover, hidePopover, scrollIntoView] = [vi.fn(), vi.fn(), vi.fn()];
  Object.assign(HTMLElement.prototype, { showPopover, hidePopover, scrollIntoView });
});

function Tag({ first }: { first: string }) {
  const [text, setText] = useState(first);
  const options = ["apple", "pear"].map((name) => ({ value: name, name }));
  return <Combobox label="Tag" options={options} text={text} onText={setText} onChoose={setText} />;
}

it("what stands in a field for any text stays at Enter until an option is walked to", async () => {
  render(<Tag first="plum" />);
  const field = screen.getByRole("combobox");
  await userEvent.click(field);
  await userEvent.keyboard("{Enter}");
  expect(field).toHaveValue("plum");
  await userEvent.click(field);
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
  expect(field).toHaveValue("pear");
});

it("the first option for what was typed is one arrow away", async () => {
  render(<Tag first="" />);
  const field = screen.getByRole("combobox");
  await userEvent.type(field, "ap{Enter}");
  expect(field).toHaveValue("ap");
  await userEvent.type(field, "p");
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect(field).toHaveValue("apple");
});

it("arrows open a closed list at its first option", async () => {
  render(<Tag first="" />);
  screen.getByRole("combobox").focus();
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect(screen.getByRole("combobox")).toHaveValue("apple");
});
