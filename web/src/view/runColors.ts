/** Colours of runs: a run has the same one in every chart and on every visit. */

/** Number of series colours in tokens.css, told apart with every kind of colour vision. */
export const SERIES = 8;

/** From 0; by the id alone (FNV-1a), so that nobody has to remember it. */
export function seriesOf(runId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < runId.length; i++) hash = Math.imul(hash ^ runId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % SERIES;
}

/** For the document; a canvas needs what `readColors` makes of it. */
export const seriesColor = (runId: string): string => `var(--series-${seriesOf(runId) + 1})`;
