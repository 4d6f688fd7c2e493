/** The live panels of a report: fenced blocks whose language names the panel, with a line for each thing to say of it. */

export const KINDS = ["curves", "parallel", "importance", "runs", "logged", "media"] as const;
export type PanelKind = (typeof KINDS)[number];

export const NAMES: Record<PanelKind, string> = {
  curves: "Curves of a metric",
  parallel: "Parallel coordinates",
  importance: "What matters most",
  runs: "Best runs",
  logged: "Logged chart of several runs",
  media: "Media of several runs",
};

export interface Panel {
  kind: PanelKind;
  /** Id of the sweep whose runs it shows. */
  sweep: string;
  /** Of curves: a metric, or an expression over some; of runs none. Without it the sweep's own. */
  metric: string | null;
  /** Of what programs log beside numbers: under which key; without it the first that there is. */
  key: string | null;
  /** Only these runs, in the server's filter language. */
  filter: string | null;
  /** Of runs: how many at most. */
  limit: number;
}

export const isPanelKind = (language: string): language is PanelKind =>
  (KINDS as readonly string[]).includes(language);

const KEYS: Record<PanelKind, readonly string[]> = {
  curves: ["sweep", "metric", "filter"],
  parallel: ["sweep", "filter"],
  importance: ["sweep"],
  runs: ["sweep", "filter", "limit"],
  logged: ["sweep", "key", "filter"],
  media: ["sweep", "key", "filter"],
};
const LIMIT = 10;
const MOST = 100;

/** Throws an Error that names the line, the rule and the fix. */
export function parsePanel(kind: PanelKind, text: string): Panel {
  const said = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const colon = line.indexOf(":");
    const key = line.slice(0, colon).trim();
    if (colon < 1 || !KEYS[kind].includes(key))
      throw new Error(
        `"${line.trim()}" is not understood. A panel "${kind}" takes: ${KEYS[kind].join(", ")}.`,
      );
    said.set(key, line.slice(colon + 1).trim());
  }
  const sweep = said.get("sweep") ?? "";
  if (!/^[\w-]+$/.test(sweep))
    throw new Error(`The line "sweep:" is missing or empty. Write the id of a sweep of this project.`);
  const limit = said.has("limit") ? Number(said.get("limit")) : LIMIT;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw new Error(`limit: ${said.get("limit")} is not a whole number from 1 to ${MOST}.`);
  return {
    kind,
    sweep,
    metric: said.get("metric") || null,
    key: said.get("key") || null,
    filter: filterOf(said.get("filter")),
    limit,
  };
}

function filterOf(text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
  try {
    if (typeof JSON.parse(text) === "object") return text;
  } catch {
    // said below
  }
  throw new Error(`filter: ${text} is no filter. Write one like {"config.optimizer": "adam"}.`);
}

/** Whether it shows files of runs: whoever comes by the link of a report sees none. */
export const showsFiles = ({ kind }: Panel): boolean => kind === "logged" || kind === "media";

/** A block that shows something at once, to begin with. */
export const template = (kind: PanelKind, sweep: string): string =>
  `\n\`\`\`${kind}\nsweep: ${sweep}\n${kind === "runs" ? "limit: 10\n" : ""}\`\`\`\n`;
