/** What a run tells of its program and machine, in the order and the words in which people look for it. */
import type { Run } from "../../../api/types";
import { formatBytes } from "../../../lib/bytes";
import { formatValue } from "../../../lib/format";
import { flatten } from "../../../lib/params";

export type Facts = [name: string, value: string][];

export interface AboutRun {
  program: Facts;
  machine: Facts;
  git: Facts;
}

type Values = Record<string, unknown>;

const text = (value: unknown): string =>
  value === undefined || value === null || value === "" ? "" : formatValue(value);
const isRecord = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const bytes = (value: unknown): string => (typeof value === "number" ? formatBytes(value) : "");

/** Facts that are not known are left out; those without a word of their own come last, under their key. */
export function aboutRun(
  run: Pick<Run, "program" | "python" | "host" | "group" | "job_type" | "id">,
  about: Values,
): AboutRun {
  const { command, directory, executable, python, pid, besom, git, slurm, disk, ...more } = about;
  // The arguments stand in the command already.
  const { args: _, host, os, cpu, cpu_count, cpu_available, memory, gpu, gpu_count: __, ...others } = more;
  return {
    program: known([
      ["Command", text(command)],
      ["Program", command === undefined ? text(run.program) : ""],
      ["Directory", text(directory)],
      ["Python", text(python) || text(run.python)],
      ["Interpreter", text(executable)],
      ["besom", text(besom)],
      ["Process", pid === undefined ? "" : String(pid)],
      ["Group", text(run.group)],
      ["Job type", text(run.job_type)],
      ["Run ID", run.id],
      ...rest(others),
    ]),
    machine: known([
      ["Host", text(host) || text(run.host)],
      ["System", text(os)],
      ["Processor", processor(cpu, cpu_count, cpu_available)],
      ["Memory", bytes(memory)],
      ["GPU", gpus(gpu)],
      ["Disk", isRecord(disk) ? `${bytes(disk.used)} of ${bytes(disk.total)} used` : ""],
      ...(isRecord(slurm) ? rest(slurm, "Slurm ") : []),
    ]),
    git: isRecord(git)
      ? known([
          ["Commit", text(git.commit)],
          ["Branch", text(git.branch)],
          ["Remote", text(git.remote)],
          ["Changes", git.dirty === true ? "Not committed: see diff.patch among the files" : "All committed"],
        ])
      : [],
  };
}

const known = (facts: Facts): Facts => facts.filter(([, value]) => value !== "");

const rest = (values: Values, prefix = ""): Facts =>
  [...flatten(values)].map(([key, value]) => [prefix + key.replaceAll("_", " "), text(value)]);

function processor(model: unknown, count: unknown, available: unknown): string {
  const cores = typeof count === "number" ? `${count} cores` : "";
  const some = typeof available === "number" && available !== count ? `${available} of ${cores}` : cores;
  return [text(model), some].filter((part) => part !== "").join(", ");
}

/** ["A100", "A100"] reads "2 × A100". */
function gpus(names: unknown): string {
  if (!Array.isArray(names)) return text(names);
  const counts = new Map<string, number>();
  for (const name of names) counts.set(text(name), (counts.get(text(name)) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${count} × ${name}` : name)).join(", ");
}
