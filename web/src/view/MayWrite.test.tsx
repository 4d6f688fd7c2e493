import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Notes } from "../components/Notes";
import { TextPanel } from "../pages/sweep/TextPanel";
import { MayWriteProvider } from "./MayWrite";

const notes = (text: string, mayWrite: boolean) => (
  <MayWriteProvider value={mayWrite}>
    <Notes text={text} draftName="of a test" placeholder="What it showed." save={async () => {}} />
  </MayWriteProvider>
);

test("who may not write reads notes, and is not invited to write some", () => {
  const { rerender, container } = render(notes("It **works**.", true));
  expect(screen.getByRole("button", { name: "Edit notes" })).toBeVisible();
  rerender(notes("It **works**.", false));
  expect(screen.getByRole("heading", { name: "Notes" })).toBeVisible();
  expect(screen.queryByRole("button")).toBeNull();
  rerender(notes("", false));
  expect(container).toBeEmptyDOMElement();
});

test("a text among the charts is in the reader's own browser, so who may not write writes it", async () => {
  render(
    <MayWriteProvider value={false}>
      <TextPanel place="me/p" name="text-2" />
    </MayWriteProvider>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Write text" }));
  await userEvent.type(screen.getByRole("textbox"), "mine");
  await userEvent.click(screen.getByRole("button", { name: "Save text" }));
  expect(screen.getByText("mine")).toBeVisible();
});
