/** The words of an address that say which runs a table lists, and in which order. A run that is opened takes them along. */

const WORDS = ["sort", "q", "filter", "brush", "group"];
/** Of the table of a whole project; else it is that of the run's sweep. */
const WHOLE = "of";

/** As the address of a run takes them along, with the `?`; empty where there is nothing to say. */
export function tableWords(search: URLSearchParams, sweep: string | undefined): string {
  const words = new URLSearchParams();
  for (const name of WORDS) for (const word of search.getAll(name)) words.append(name, word);
  if (sweep === undefined) words.set(WHOLE, "project");
  return words.size === 0 ? "" : `?${words}`;
}

/** Whether a run was opened from the table of its project. */
export const isOfProject = (search: URLSearchParams): boolean => search.get(WHOLE) === "project";

/** The address of a tab of a run, which has a word of its own. */
export function tabWords(search: URLSearchParams, tab: string | null): string {
  const words = new URLSearchParams(search);
  words.delete("panel");
  if (tab === null) words.delete("tab");
  else words.set("tab", tab);
  return words.size === 0 ? "" : `?${words}`;
}
