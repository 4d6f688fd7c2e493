import { expect, it } from "vitest";
import { aboutRun } from "./about";

const run = { id: "r1", program: "train.py", python: "3.11.2", host: "gpu-1", group: null, job_type: null };

it("falls back to what the run itself says", () => {
  const { program, machine, git } = aboutRun(run, {});
  expect(program).toEqual([
    ["Program", "train.py"],
    ["Python", "3.11.2"],
    ["Run ID", "r1"],
  ]);
  expect(machine).toEqual([["Host", "gpu-1"]]);
  expect(git).toEqual([]);
});

it("counts processors and graphics processors of the same kind", () => {
  const about = { cpu: "EPYC", cpu_count: 64, cpu_available: 8, gpu: ["A100", "A100", "T4"] };
  expect(aboutRun(run, about).machine).toEqual([
    ["Host", "gpu-1"],
    ["Processor", "EPYC, 8 of 64 cores"],
    ["GPU", "2 × A100, T4"],
  ]);
});

it("says whether the code was committed", () => {
  const git = (dirty: boolean) =>
    new Map(aboutRun(run, { git: { commit: "ab12", dirty } }).git).get("Changes");
  expect(git(false)).toBe("All committed");
  expect(git(true)).toContain("diff.patch");
});

it("keeps facts that it has no word for", () => {
  expect(aboutRun(run, { command: "python a.py", kernel_name: "x", nested: { a: 1 } }).program).toEqual([
    ["Command", "python a.py"],
    ["Python", "3.11.2"],
    ["Run ID", "r1"],
    ["kernel name", "x"],
    ["nested.a", "1"],
  ]);
});
