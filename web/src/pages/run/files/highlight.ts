/** Source code as pieces of text with what each is, so that it can be coloured. By look, not by grammar: fast, and never wrong about the text. */

export type Role = "comment" | "string" | "number" | "word" | "key";

export interface Piece {
  text: string;
  role: Role | null;
}

interface Language {
  /** Global, with a named group for each role. */
  pattern: RegExp;
  words: ReadonlySet<string>;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

const PYTHON = set(
  "False None True and as assert async await break case class continue def del elif else except finally for from global " +
    "if import in is lambda match nonlocal not or pass raise return self try while with yield",
);
const SHELL = set(
  "case do done elif else esac exit export fi for function if in local return set then until while",
);
const CURLY = set(
  "async await bool break case catch char class const continue default do double else enum export extends false final float " +
    "fn for from func function go if impl import in int interface let long match mod mut new nil null package private " +
    "protected pub public return self static string struct super switch this throw true try type typeof undefined use var " +
    "void while yield",
);
const VALUES = set("true false null yes no on off");

const NUMBER = String.raw`(?<number>\b\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?\b)`;
const NAME = String.raw`(?<word>[A-Za-z_]\w*)`;
// Every repetition that may be tried from many places has an end: files come from strangers.
const QUOTED = String.raw`"(?:\\.|[^"\\\n]){0,400}"|'(?:\\.|[^'\\\n]){0,400}'`;

const language = (patterns: readonly string[], words: ReadonlySet<string>): Language => ({
  pattern: new RegExp(patterns.join("|"), "g"),
  words,
});

const HASH = String.raw`(?<comment>#[^\n]*)`;
const python = language(
  [HASH, String.raw`(?<string>"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|${QUOTED})`, NUMBER, NAME],
  PYTHON,
);
const shell = language(
  [String.raw`(?<comment>(?<=^|\s)#[^\n]*)`, `(?<string>${QUOTED})`, NUMBER, NAME],
  SHELL,
);
const curly = language(
  [
    String.raw`(?<comment>//[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
    `(?<string>${QUOTED}|\`(?:\\\\.|[^\`\\\\]){0,400}\`)`,
    NUMBER,
    NAME,
  ],
  CURLY,
);
const data = language(
  [
    String.raw`(?<comment>(?<=^|\s)#[^\n]*)`,
    String.raw`(?<key>(?:"(?:\\.|[^"\\\n]){0,100}"|(?<=^|\n|[{,]\s{0,8}|-\s{1,8})[ \t]{0,200}[\w./-]{1,200})(?=\s{0,8}[:=](?:\s|$)))`,
    `(?<string>${QUOTED})`,
    NUMBER,
    NAME,
  ],
  VALUES,
);

const LANGUAGES: Record<string, Language> = {
  ...Object.fromEntries(["py", "pyi", "r"].map((ending) => [ending, python])),
  ...Object.fromEntries(["sh", "bash", "zsh", "slurm", "sbatch"].map((ending) => [ending, shell])),
  ...Object.fromEntries(
    ["c", "cc", "cpp", "cu", "go", "h", "hpp", "java", "js", "jsx", "rs", "ts", "tsx"].map((ending) => [
      ending,
      curly,
    ]),
  ),
  ...Object.fromEntries(
    ["ipynb", "json", "jsonl", "yaml", "yml", "toml", "cfg", "ini"].map((ending) => [ending, data]),
  ),
};

/** More text than this is shown without colours: each coloured piece is an element of the page. */
const MOST = 120_000;

/** The same text in pieces; one piece without a role where the name says no language that is known. */
export function highlight(name: string, text: string): Piece[] {
  const known = LANGUAGES[name.split(".").at(-1)?.toLowerCase() ?? ""];
  if (known === undefined || text.length > MOST) return [{ text, role: null }];
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(known.pattern)) {
    const [role] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [];
    if (role === undefined || (role === "word" && !known.words.has(match[0]))) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), role: null });
    pieces.push({ text: match[0], role: role as Role });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), role: null });
  return pieces;
}
