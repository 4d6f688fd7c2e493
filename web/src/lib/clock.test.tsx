import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { InSight, tickClock, useClock } from "./clock";

afterEach(() => {
  vi.useRealTimers();
});

function Seconds() {
  return <p>{useClock((now) => Math.floor(now))}</p>;
}

test("a clock goes on each second, or with what is shown anyway, and then not sooner than a second later", () => {
  vi.useFakeTimers({ now: 5_000 });
  render(<Seconds />);
  const shown = () => screen.getByRole("paragraph").textContent;
  expect(shown()).toBe("5");
  act(() => vi.advanceTimersByTime(1000));
  expect(shown()).toBe("6");
  act(() => vi.advanceTimersByTime(900));
  vi.setSystemTime(7_100);
  act(tickClock);
  expect(shown()).toBe("7");
  act(() => vi.advanceTimersByTime(999));
  expect(shown()).toBe("7");
  act(() => vi.advanceTimersByTime(1));
  expect(shown()).toBe("8");
});

test("a clock out of sight stands still", () => {
  vi.useFakeTimers({ now: 5_000 });
  render(
    <InSight value={false}>
      <Seconds />
    </InSight>,
  );
  act(() => vi.advanceTimersByTime(5_000));
  expect(screen.getByRole("paragraph").textContent).toBe("5");
});
