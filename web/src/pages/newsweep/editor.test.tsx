import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef, useState } from "react";
import { expect, test } from "vitest";
import { ConfigPreview } from "./ConfigPreview";
import type { ConfigCheck, ConfigProblem } from "./useConfigCheck";
import { goToLine, YamlEditor } from "./YamlEditor";

const MARKS = new Map([[2, "error" as const]]);

function Editor({ text: first }: { text: string }) {
  const [text, setText] = useState(first);
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <>
      <YamlEditor
        label="Configuration"
        text={text}
        onChange={setText}
        marks={MARKS}
        describedBy="problems"
        field={field}
      />
      <p id="problems">One problem.</p>
      <button type="button" onClick={() => goToLine(field.current, 2)}>
        Line 2
      </button>
    </>
  );
}

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Configuration" });

test("what may be written is offered, chosen by keys, and written with what follows it", async () => {
  const user = userEvent.setup();
  render(<Editor text="" />);
  await user.type(field(), "me");
  expect(screen.getAllByRole("option").map((option) => option.textContent?.slice(0, 6))).toEqual([
    "method",
    "metric",
  ]);
  await user.keyboard("{ArrowDown}{Enter}");
  expect(field()).toHaveValue("metric: ");
  await user.keyboard("{Enter}go{Tab}");
  expect(field()).toHaveValue("metric: \n  goal: ");
  await user.keyboard("ma");
  expect(screen.getByRole("option", { selected: true })).toHaveTextContent("maximize");
  expect(field()).toHaveAttribute("aria-activedescendant", screen.getByRole("option").id);
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("listbox")).toBeNull();
  expect(field()).toHaveValue("metric: \n  goal: ma");
});

test("without an offer the keys do what they always do, and Ctrl+Space asks for one", async () => {
  const user = userEvent.setup();
  render(<Editor text="method: " />);
  await user.click(field());
  await user.keyboard("{Control>}{End} {/Control}");
  expect(screen.getAllByRole("option")).toHaveLength(3);
  await user.keyboard("{Escape}");
  await user.tab();
  expect(screen.getByRole("button", { name: "Line 2" })).toHaveFocus();
});

test("an offer ends when the caret goes elsewhere, and cuts nothing off there", async () => {
  const user = userEvent.setup();
  render(<Editor text="" />);
  await user.type(field(), "seed: 17{Enter}me");
  expect(screen.getByRole("listbox")).toBeVisible();
  await user.keyboard("{ArrowLeft}{ArrowLeft}{ArrowLeft}");
  expect(screen.queryByRole("listbox")).toBeNull();
  await user.keyboard("{Enter}");
  expect(field()).toHaveValue("seed: 17\n\nme");
});

test("a problem marks its line, is told to screen readers, and leads there", async () => {
  const user = userEvent.setup();
  render(<Editor text={"method: bayes\nmetric: x\n"} />);
  expect(field()).toHaveAttribute("aria-invalid", "true");
  expect(field()).toHaveAccessibleDescription("One problem.");
  await user.click(screen.getByRole("button", { name: "Line 2" }));
  expect(field()).toHaveFocus();
  expect(field().selectionStart).toBe("method: bayes\n".length);
});

const problem = (of: Partial<ConfigProblem>): ConfigProblem => ({
  message: "A rule.",
  hint: "",
  key: "",
  found: "",
  line: null,
  column: null,
  ...of,
});

const shown = (check: ConfigCheck) =>
  render(
    <ConfigPreview
      checked={{ check, isCurrent: true, error: null, retry: () => null }}
      id="summary"
      goToLine={() => undefined}
    />,
  );

test("with errors there is no preview, and each says where, what and how to mend it", () => {
  const error = problem({
    message: "There is no `grdi`.",
    hint: "write `grid`.",
    key: "method",
    found: '"grdi"',
    line: 1,
  });
  shown({ errors: [error, problem({})], warnings: [], config: null, preview: null });
  expect(screen.getByRole("region", { name: "2 problems" })).toHaveTextContent(
    'Line 1method = "grdi"There is no grdi.To mend it: write grid.',
  );
  expect(screen.queryByRole("region", { name: "Preview" })).toBeNull();
});

test("a preview says the number of runs once", () => {
  const preview = { parameters: [], rules: [], samples: [], order_is_known: true, headline: "random search" };
  for (const [runs, runs_text, shows] of [
    [80, "at most 80 (run_cap)", "80 runsat most (run_cap)"],
    [4, "4 of 6 grid points (run_cap)", "4 runsof 6 grid points (run_cap)"],
    [null, "it ends after 3 hours", "∞ runsit ends after 3 hours"],
  ] as const) {
    const { unmount } = shown({
      errors: [],
      warnings: [],
      config: {},
      preview: { ...preview, runs, runs_text },
    });
    expect(screen.getByRole("region", { name: "Preview" })).toHaveTextContent(shows);
    unmount();
  }
});

test("a preview tells the number of runs and why, the parameters, rules, and commands", () => {
  shown({
    errors: [],
    warnings: [problem({ message: "Odd." })],
    config: {},
    preview: {
      headline: "grid search",
      runs: 1200,
      runs_text: "1,200 (every grid point once)",
      parameters: [{ name: "lr", distribution: "categorical", values: "0.1, 0.2", only_where: "opt is sgd" }],
      rules: [{ name: "Never", text: "lr is 0.2" }],
      samples: [{ params: {}, command: ["python", "train.py", "--lr=0.1"] }],
      order_is_known: true,
    },
  });
  const preview = screen.getByRole("region", { name: "Preview" });
  for (const text of ["1,200 runs(every grid point once)", "only where opt is sgd", "Never", "First runs"]) {
    expect(preview).toHaveTextContent(text);
  }
  expect(preview).toHaveTextContent("python train.py --lr=0.1");
  expect(screen.getByRole("region", { name: "A remark" })).toHaveTextContent("Odd.");
});
