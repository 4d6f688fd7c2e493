import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Notes } from "../components/Notes";
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
