/** Colours of a terminal (ECMA-48, select graphic rendition) as data: text never becomes HTML. */

export interface Look {
  /** 0 to 7 as the terminal's colours, 8 to 15 their bright forms; null for the page's own. */
  color: number | null;
  bold: boolean;
  faint: boolean;
  italic: boolean;
  underline: boolean;
}

export interface Piece {
  text: string;
  look: Look | null;
}

const PLAIN: Look = { color: null, bold: false, faint: false, italic: false, underline: false };
/** Sequences: of control, of the operating system (titles, links), and of two characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const ESCAPE = /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/g;

/** Takes the sequences out of a line; what they say of colour and weight stands beside the text. */
export function parseAnsi(line: string): Piece[] {
  if (!line.includes("\x1b")) return [{ text: line.replace(CONTROL, ""), look: null }];
  const pieces: Piece[] = [];
  let look = PLAIN;
  let from = 0;
  const add = (text: string) => {
    const clean = text.replace(CONTROL, "");
    if (clean !== "") pieces.push({ text: clean, look: look === PLAIN ? null : look });
  };
  for (const match of line.matchAll(ESCAPE)) {
    add(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === "m") look = changed(look, match[1] ?? "");
  }
  add(line.slice(from));
  return pieces;
}

export const plainText = (line: string): string =>
  parseAnsi(line)
    .map(({ text }) => text)
    .join("");

function changed(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map(Number);
  let next = look;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) next = PLAIN;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, faint: true };
    else if (code === 3) next = { ...next, italic: true };
    else if (code === 4) next = { ...next, underline: true };
    else if (code === 22) next = { ...next, bold: false, faint: false };
    else if (code === 23) next = { ...next, italic: false };
    else if (code === 24) next = { ...next, underline: false };
    else if (code === 39) next = { ...next, color: null };
    else if (code >= 30 && code <= 37) next = { ...next, color: code - 30 };
    else if (code >= 90 && code <= 97) next = { ...next, color: code - 82 };
    else if (code === 38 || code === 48) {
      // Colours by number (5;N) or by their parts (2;R;G;B). The sixteen named ones are shown, others are not.
      const color = codes[i + 1] === 5 ? (codes[i + 2] ?? 16) : 16;
      if (code === 38) next = { ...next, color: color < 16 ? color : null };
      i += codes[i + 1] === 5 ? 2 : 4;
    }
  }
  return next.color === null && !next.bold && !next.faint && !next.italic && !next.underline ? PLAIN : next;
}

export interface MarkedPiece extends Piece {
  marked: boolean;
}

/** Cuts the pieces where occurrences of `wanted` (lower case) begin and end, also across pieces. */
export function markPieces(pieces: readonly Piece[], wanted: string): MarkedPiece[] {
  if (wanted === "") return pieces.map((piece) => ({ ...piece, marked: false }));
  const text = pieces
    .map((piece) => piece.text)
    .join("")
    .toLowerCase();
  const cuts: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    cuts.push(at, at + wanted.length);
  }
  const marked: MarkedPiece[] = [];
  let start = 0;
  let cut = 0;
  for (const piece of pieces) {
    const end = start + piece.text.length;
    let from = start;
    while (from < end) {
      while ((cuts[cut] ?? Number.POSITIVE_INFINITY) <= from) cut += 1;
      const to = Math.min(end, cuts[cut] ?? end);
      marked.push({ ...piece, text: piece.text.slice(from - start, to - start), marked: cut % 2 === 1 });
      from = to;
    }
    start = end;
  }
  return marked;
}
