import { act, render, screen } from "@testing-library/react";
import { memo, type ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Run } from "../api/types";
import { CalmView } from "./CalmView";
import { type RunView, RunViewContext, useRunView } from "./RunView";

let tell: (inSight: boolean) => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(callback: (entries: { isIntersecting: boolean }[]) => void) {
        tell = (isIntersecting) => callback([{ isIntersecting }]);
      }
      observe() {}
      disconnect() {}
    },
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const viewOf = (steps: number, ended: number | null = null): RunView =>
  ({ all: [{ steps, ended } as Run], colors: {}, selected: null }) as unknown as RunView;

let drawn = 0;

function Steps() {
  drawn += 1;
  return <p>{useRunView().all[0]?.steps}</p>;
}
const Wall = memo(({ children }: { children: ReactNode }) => <div>{children}</div>);
const inside = (
  <Wall>
    <Steps />
  </Wall>
);

function shownIn(every: number) {
  const page = (view: RunView) => (
    <RunViewContext value={view}>
      <CalmView every={every}>{inside}</CalmView>
    </RunViewContext>
  );
  const { rerender } = render(page(viewOf(1)));
  return {
    goesOn: (steps: number, ended: number | null = null) => rerender(page(viewOf(steps, ended))),
    shown: () => screen.getByRole("paragraph").textContent,
    later: (ms: number) => act(() => vi.advanceTimersByTime(ms)),
  };
}

test("what is in sight follows runs that only go on after a while, with the next of them or by itself", () => {
  const { goesOn, shown, later } = shownIn(5_000);
  later(5_000);
  goesOn(2);
  expect(shown()).toBe("2");
  goesOn(3);
  later(4_900);
  goesOn(4);
  later(200);
  expect(shown(), "it is drawn together with the next change").toBe("2");
  goesOn(5);
  expect(shown()).toBe("5");
  goesOn(6);
  later(5_100);
  expect(shown()).toBe("6");
});

test("a run that has ended is shown at once", () => {
  const { goesOn, shown } = shownIn(5_000);
  goesOn(2);
  goesOn(3, 7);
  expect(shown()).toBe("3");
});

test("what is out of sight waits until it is seen", () => {
  const { goesOn, shown, later } = shownIn(0);
  act(() => tell(false));
  goesOn(2);
  later(30_000);
  expect(shown()).toBe("1");
  act(() => tell(true));
  expect(shown()).toBe("2");
});

test("what waits is not drawn in vain, however deep it lies", () => {
  const { goesOn, later } = shownIn(5_000);
  later(5_000);
  goesOn(2);
  const before = drawn;
  for (let steps = 3; steps < 9; steps += 1) goesOn(steps);
  expect(drawn).toBe(before);
});
