import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { fieldsOf } from "../../view/fields";
import { type RunView, RunViewProvider, useRunView } from "../../view/RunView";
import { runOf } from "../../view/testRuns";
import { TableBar } from "./TableBar";
import { useColumns } from "./useColumns";
import { useRunTasks } from "./useRunTasks";

const RUNS = Array.from({ length: 10_001 }, (_, i) => runOf(`run${i}`));
const FIELDS = fieldsOf(RUNS.slice(0, 1), null);
const NO_NOTES = new Map();

let view: RunView;
function Bar() {
  view = useRunView();
  const columns = useColumns([], NO_NOTES, "page");
  const [tasks] = useRunTasks("");
  const tickedShown = view.shown.filter(({ id }) => view.selected.has(id)).length;
  return <TableBar runs={view.shown} {...{ columns, tasks, tickedShown }} tickAll={() => {}} />;
}

// What is laid out nowhere never changes its size.
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    disconnect() {}
  },
);

it("says why no sweep is made of more runs than one can learn from, and how many ticked ones are out of sight", () => {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RunViewProvider runs={RUNS} fields={FIELDS} metric={null} place="me/p" local>
        <Bar />
      </RunViewProvider>
    </QueryClientProvider>,
  );
  const tick = (count: number) =>
    act(() => view.setSelected(new Set(RUNS.slice(0, count).map(({ id }) => id))));
  tick(10_000);
  expect(screen.getByRole("link", { name: "Create sweep" })).toBeInTheDocument();
  tick(10_001);
  expect(screen.getByRole("group", { name: "Selected runs" })).toHaveTextContent("10,001 runs selected");
  expect(screen.queryByRole("link", { name: "Create sweep" })).toBeNull();
  expect(screen.getByText("Create sweep: from 10,000 runs at most")).toBeInTheDocument();
  tick(3);
  const bulk = screen.getByRole("group", { name: "Selected runs" });
  expect(bulk).not.toHaveTextContent("not shown");
  act(() => view.setBrush("id", { among: ["run1", "run7"] }));
  expect(bulk).toHaveTextContent("3 runs selected, 2 not shown");
});
