import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render } from "@testing-library/react";
import { expect, it } from "vitest";
import { fieldsOf } from "./fields";
import { type RunView, RunViewProvider, useRunView } from "./RunView";
import { runOf } from "./testRuns";

const RUNS = ["one", "two", "three"].map((name) => runOf(name, { config: { lr: name.length } }));
const FIELDS = fieldsOf(RUNS, null);

let view: RunView;
const Panel = () => {
  view = useRunView();
  return null;
};

function show(): void {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RunViewProvider runs={RUNS} fields={FIELDS} metric={null} place="me/p" local>
        <Panel />
      </RunViewProvider>
    </QueryClientProvider>,
  );
}

it("a tick changes nothing that charts draw: they need not draw anew", () => {
  show();
  const { hidden, drawn, shown, matched, serverFilter } = view;
  act(() => view.setSelected(new Set(["one"])));
  expect(view.selected).toEqual(new Set(["one"]));
  expect(view.hidden).toBe(hidden);
  expect([view.drawn, view.shown, view.matched]).toEqual([drawn, shown, matched]);
  expect(view.drawn).toBe(drawn);
  expect(view.serverFilter).toBe(serverFilter);
});

it("search and filter choose what matches, brushed ranges what is shown, eyes what is drawn", () => {
  show();
  act(() => view.setSearch("o"));
  act(() => view.setBrush("config:lr", { from: 3, to: 3 }));
  act(() => view.setHidden(new Set(["two"])));
  const ids = [view.all, view.matched, view.shown, view.drawn].map((runs) => runs.map(({ id }) => id));
  expect(ids).toEqual([["one", "two", "three"], ["one", "two"], ["one", "two"], ["one"]]);
  act(() => view.setBrush("config:lr", { from: 4, to: 9 }));
  expect(view.shown).toEqual([]);
  act(() => view.clear());
  expect(view.shown).toEqual(RUNS);
});
