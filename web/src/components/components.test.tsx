import { act, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiError } from "../api/errors";
import type { Event } from "../api/types";
import { Button } from "./Button";
import { CodeBlock } from "./CodeBlock";
import { CopyCommand } from "./CopyCommand";
import { Dialog } from "./Dialog";
import { ErrorNote } from "./ErrorNote";
import { EventList } from "./EventList";
import { Notes } from "./Notes";
import { Popover } from "./Popover";
import { SearchField } from "./SearchField";
import { STATES, StatePill } from "./StateIcon";
import { Toast } from "./Toast";

it("shows text of users as text", () => {
  render(
    <CodeBlock label="Configuration" text={"name: <img src=x onerror=alert(1)> # a <b>comment</b>\n"} yaml />,
  );
  expect(screen.getByRole("region").textContent).toBe(
    "name: <img src=x onerror=alert(1)> # a <b>comment</b>\n",
  );
  expect(document.querySelector("img, b")).toBeNull();
});

it("keeps every character of a configuration", () => {
  const text = 'a:\n  - {x: 1, "y": "http://h:80/#p"}  # why\n\n  - "- z"\n*weird*: line\n';
  render(<CodeBlock label="Configuration" text={text} yaml />);
  expect(screen.getByRole("region").textContent).toBe(text);
  expect(screen.getByRole("button", { name: "Copy: Configuration" })).toBeVisible();
});

it("puts a command on the clipboard and says so", async () => {
  const user = userEvent.setup();
  render(<CopyCommand command="besom agent me/p/s" />);
  await user.click(screen.getByRole("button", { name: "Copy: besom agent me/p/s" }));
  expect(await screen.findByText("Copied")).toBeVisible();
  expect(await navigator.clipboard.readText()).toBe("besom agent me/p/s");
});

it("leaves a button the focus while what it does is under way, and does that once", async () => {
  const save = vi.fn();
  const { rerender } = render(<Button onClick={save}>Save</Button>);
  const button = screen.getByRole("button", { name: "Save" });
  await userEvent.click(button);
  rerender(
    <Button busy onClick={save}>
      Save
    </Button>,
  );
  await userEvent.keyboard("{Enter}");
  expect(save).toHaveBeenCalledOnce();
  expect(button).toHaveFocus();
});

it("says what is wrong, how to help it, and tries again", async () => {
  const retry = vi.fn();
  render(<ErrorNote error={new ApiError(500, "x", "It broke.", "Look at the log.")} retry={retry} />);
  expect(screen.getByRole("alert")).toHaveTextContent("It broke.Look at the log.");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledOnce();
});

it("keeps what somebody writes over a reload, and drops it when asked to", async () => {
  const notes = () => <Notes text="old" draftName="notes/a/b/c" placeholder="" save={async () => {}} />;
  const first = render(notes());
  await userEvent.click(screen.getByRole("button", { name: "Edit notes" }));
  await userEvent.type(screen.getByRole("textbox"), " and new");
  first.unmount();
  const second = render(notes());
  expect(screen.getByRole("textbox")).toHaveValue("old and new");
  await userEvent.click(screen.getByRole("button", { name: "Drop it" }));
  expect(screen.getByRole("textbox")).toHaveValue("old");
  expect(screen.getByRole("textbox")).toHaveFocus();
  second.unmount();
  render(notes());
  expect(screen.queryByRole("textbox")).toBeNull();
});

it("does not write over what others have written meanwhile, unless it is told to", async () => {
  const save = vi.fn(async () => {});
  const notes = (text: string) => <Notes text={text} draftName="notes/two" placeholder="" save={save} />;
  const { rerender } = render(notes("old"));
  await userEvent.click(screen.getByRole("button", { name: "Edit notes" }));
  await userEvent.type(screen.getByRole("textbox"), " and mine{Control>}{Enter}{/Control}");
  expect(save).toHaveBeenCalledExactlyOnceWith("old and mine");
  rerender(notes("old and mine"));
  await userEvent.click(screen.getByRole("button", { name: "Edit notes" }));
  await userEvent.type(screen.getByRole("textbox"), ", more");
  rerender(notes("old and theirs"));
  expect(screen.getByRole("alert")).toHaveTextContent("have changed while you were writing");
  expect(await screen.findByText("old and theirs")).toBeVisible();
  expect(screen.getByRole("button", { name: "Save notes" })).toBeDisabled();
  await userEvent.type(screen.getByRole("textbox"), "{Control>}{Enter}{/Control}");
  expect(save).toHaveBeenCalledOnce();
  await userEvent.click(screen.getByRole("button", { name: "Keep mine" }));
  expect(save).toHaveBeenLastCalledWith("old and mine, more");
});

it("keeps the focus where the button that had it goes away, and leaves once nobody is there", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const toast = (words: string, button: string) => (
    <Toast done={{ words }}>
      <button key={button} type="button">
        {button}
      </button>
    </Toast>
  );
  const { rerender } = render(toast("Hid it", "Undo"));
  await userEvent.click(screen.getByRole("button", { name: "Undo" }));
  await userEvent.unhover(screen.getByRole("button", { name: "Undo" }));
  rerender(toast("Undone", "Redo"));
  const redo = screen.getByRole("button", { name: "Redo" });
  expect(redo).toHaveFocus();
  act(() => void vi.advanceTimersByTime(60_000));
  expect(redo).toBeVisible();
  act(() => redo.blur());
  act(() => void vi.advanceTimersByTime(10_000));
  expect(screen.getByRole("status")).toBeEmptyDOMElement();
  vi.useRealTimers();
});

it("draws what is in a popover only while that is open", () => {
  render(
    <Popover name="Settings" title="Curves">
      <input aria-label="Lowest value" />
    </Popover>,
  );
  const panel = screen.getByRole("dialog", { hidden: true });
  const turn = (type: string, newState: string) =>
    fireEvent(panel, Object.assign(new Event(type), { newState }));
  const field = () => screen.queryByLabelText("Lowest value");
  expect(field()).toBeNull();
  turn("beforetoggle", "open");
  expect(field()).not.toBeNull();
  // What has the focus must still be there when the browser takes it back to the button.
  turn("beforetoggle", "closed");
  expect(field()).not.toBeNull();
  turn("toggle", "closed");
  expect(field()).toBeNull();
});

it("clears what is searched at Escape, whatever the browser does then", async () => {
  const set = vi.fn();
  render(<SearchField label="Search" value="los" set={set} />);
  await userEvent.type(screen.getByRole("searchbox", { name: "Search" }), "s{Escape}");
  expect(set.mock.calls).toEqual([["loss"], [""]]);
});

it("tells states apart by shape and word, not only by colour", () => {
  const ofRuns = Object.entries(STATES).filter(([state]) => state === state.toLowerCase());
  expect(new Set(ofRuns.map(([, { shape }]) => shape)).size).toBe(ofRuns.length);
  expect(new Set(ofRuns.map(([, { word }]) => word)).size).toBe(ofRuns.length);
  render(<StatePill state="crashed" />);
  expect(screen.getByText("Crashed")).toBeVisible();
});

it("says who it was where neither the words nor the run of an event do", () => {
  const said = (actor: string, reason: string) =>
    ({ id: reason, time: 0, kind: "agent.left", run_id: null, actor, reason }) as never as Event;
  const events = [
    said("gpu-3", "gpu-3 has ended"),
    said("server", "gpu-3: lost"),
    said("me", "stopped by me"),
  ];
  render(<EventList events={events} runOf={() => undefined} />);
  const actors = screen.getAllByRole("listitem").map((item) => item.lastElementChild?.textContent);
  expect(actors).toEqual(["", "server", ""]);
});

it("keeps a dialog in which somebody selects text by dragging beyond its edge", () => {
  const prototype = HTMLDialogElement.prototype;
  const before = { showModal: prototype.showModal, close: prototype.close };
  prototype.showModal = function () {
    this.open = true;
  };
  prototype.close = function () {
    this.open = false;
    this.dispatchEvent(new Event("close"));
  };
  const onClose = vi.fn();
  const { unmount } = render(
    <Dialog title="Rename" onClose={onClose}>
      <input aria-label="Name" />
    </Dialog>,
  );
  const [dialog, field] = [screen.getByRole("dialog"), screen.getByLabelText("Name")];
  // The browser tells what is around both places of the click.
  fireEvent.pointerDown(field);
  fireEvent.click(dialog);
  expect(onClose).not.toHaveBeenCalled();
  fireEvent.pointerDown(dialog);
  fireEvent.click(dialog);
  expect(onClose).toHaveBeenCalledOnce();
  unmount();
  Object.assign(prototype, before);
});
