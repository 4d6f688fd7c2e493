/** Arithmetic over metrics, such as "${val/loss} - ${loss}" or "log(loss)": parsed once, computed at each step. */

export interface Expression {
  /** The metrics in it, each once. */
  keys: string[];
  /** NaN where a value is missing. */
  compute: (read: (key: string) => number) => number;
}

type Compute = Expression["compute"];

const FUNCTIONS = new Map([
  ["abs", Math.abs],
  ["exp", Math.exp],
  ["log", Math.log],
  ["log2", Math.log2],
  ["log10", Math.log10],
  ["sqrt", Math.sqrt],
]);

const OPERATIONS: Record<string, (a: number, b: number) => number> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};

const TOKEN =
  /\s*(?:\$\{([^}]+)\}|(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([A-Za-z_][\w.]*)|(\*\*|[-+*/%()]))/iy;

interface Token {
  kind: "key" | "number" | "word" | "sign";
  text: string;
}

/** A metric as it is. */
export const metricAlone = (key: string): Expression => ({ keys: [key], compute: (read) => read(key) });

/** Throws an Error that says what cannot be read, and what could. */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text);
  const keys = new Set<string>();
  let at = 0;
  const next = (): Token | undefined => tokens[at];
  const take = (...signs: string[]): string | null => {
    const token = tokens[at];
    if (token?.kind !== "sign" || !signs.includes(token.text)) return null;
    at++;
    return token.text;
  };

  const chain = (operand: () => Compute, ...signs: string[]): Compute => {
    let whole = operand();
    for (let sign = take(...signs); sign !== null; sign = take(...signs)) {
      const [left, right, apply] = [whole, operand(), OPERATIONS[sign] as (a: number, b: number) => number];
      whole = (read) => apply(left(read), right(read));
    }
    return whole;
  };
  const sum = (): Compute => chain(product, "+", "-");
  const product = (): Compute => chain(signed, "*", "/", "%");
  const signed = (): Compute => {
    if (take("-") === null) return power();
    const inner = signed();
    return (read) => -inner(read);
  };
  const power = (): Compute => {
    const base = single();
    if (take("**") === null) return base;
    const exponent = signed();
    return (read) => base(read) ** exponent(read);
  };
  const single = (): Compute => {
    const token = next();
    if (token === undefined) throw new Error("Something is missing at the end.");
    at++;
    if (token.kind === "number") return () => Number(token.text);
    if (token.text === "(") return enclosed();
    const apply = FUNCTIONS.get(token.text);
    if (token.kind === "word" && apply !== undefined && take("(") !== null) {
      const inner = enclosed();
      return (read) => apply(inner(read));
    }
    if (token.kind === "sign") throw new Error(`"${token.text}" stands where a value is expected.`);
    keys.add(token.text);
    return (read) => read(token.text);
  };
  const enclosed = (): Compute => {
    const inner = sum();
    if (take(")") === null) throw new Error('A bracket is not closed: ")" is missing.');
    return inner;
  };

  const compute = sum();
  const left = next();
  if (left !== undefined) throw new Error(`"${left.text}" stands where + - * / % or ** is expected.`);
  if (keys.size === 0) throw new Error("No metric is named. Write one as it is called, such as loss.");
  return { keys: [...keys], compute };
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (const end = text.trimEnd().length; TOKEN.lastIndex < end; ) {
    const from = TOKEN.lastIndex;
    const [, key, number, word, sign] = TOKEN.exec(text) ?? [];
    if (key !== undefined) tokens.push({ kind: "key", text: key });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else
      throw new Error(
        `"${text.slice(from).trim()}" cannot be read; names with other signs are written \${...}.`,
      );
  }
  return tokens;
}

/** What a reader means by `text`: one of the `metrics`, or else arithmetic over some; an Error says why it is neither. */
export function expressionOf(text: string, metrics: readonly string[]): Expression | Error {
  if (metrics.includes(text)) return metricAlone(text);
  try {
    return parseExpression(text);
  } catch (error) {
    return error as Error;
  }
}
