import { expect, it } from "vitest";
import { highlight } from "./highlight";

const roles = (name: string, text: string) =>
  highlight(name, text)
    .filter(({ role }) => role !== null)
    .map(({ text: piece, role }) => [piece, role]);

const TEXTS: [name: string, text: string][] = [
  [
    "train.py",
    'def train(lr=1e-3):  # "slow"\n    """Over\n    lines."""\n    return "#no" + f\'{lr}\' + idle\n',
  ],
  ["run.sh", 'for i in 1 2; do echo "$i" # loop\ndone; echo a#b'],
  ["sweep.yaml", 'method: bayes # best\nparameters:\n  lr: {min: 0.1, "max": 2}\n  - name: "x: y"\n'],
  ["a.ts", "// say\nconst x = `a b`; /* open"],
  ["broken.py", 'x = \'open\ny = """never closed\n'],
  ["notes.txt", "def is plain here"],
];

it.each(TEXTS)("keeps every character of %s", (name, text) => {
  expect(
    highlight(name, text)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});

it("knows comments, texts, numbers and words by sight", () => {
  expect(roles(...(TEXTS[0] as [string, string]))).toEqual([
    ["def", "word"],
    ["1e-3", "number"],
    ['# "slow"', "comment"],
    ['"""Over\n    lines."""', "string"],
    ["return", "word"],
    ['"#no"', "string"],
    ["'{lr}'", "string"],
  ]);
  expect(roles("sweep.yaml", "lr: 0.1 # low")).toEqual([
    ["lr", "key"],
    ["0.1", "number"],
    ["# low", "comment"],
  ]);
  expect(roles("run.sh", "echo a#b")).toEqual([]);
});

it("colours nothing in files of unknown kinds, and in very long ones", () => {
  expect(roles("notes.txt", "def x")).toEqual([]);
  expect(highlight("x.py", "def x\n".repeat(50_000))).toHaveLength(1);
});

it.each([
  ["x.py", `${"1".repeat(119_999)}x`],
  ["x.yaml", " ".repeat(120_000)],
  ["x.json", '\\"'.repeat(40_000)],
  ["x.ts", "`\\`".repeat(30_000)],
])(
  "looks at %s only for a while, whatever a stranger wrote into it",
  (name, text) => {
    expect(
      highlight(name, text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  },
  5_000,
);
