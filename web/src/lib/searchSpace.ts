/** A sweep's parameters as its configuration describes them, in words. */
import type { Sweep } from "../api/types";
import { formatParam, formatShare } from "./format";

export interface SpaceParameter {
  /** Levels joined by dots. */
  name: string;
  kind: "fixed" | "searched" | "derived";
  /** Its values: "0.0001 to 0.1, log scale". For a derived value its formula. */
  values: string;
  /** What must hold for it to exist, its groups' conditions first. */
  when: string[];
}

type Values = Record<string, unknown>;

const isPlain = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** All leaves, in the order of the configuration. */
export function searchSpace(config: Sweep["config"]): SpaceParameter[] {
  return isPlain(config.parameters) ? leaves(config.parameters, "", []) : [];
}

function leaves(parameters: Values, prefix: string, outer: string[]): SpaceParameter[] {
  return Object.entries(parameters).flatMap(([key, spec]): SpaceParameter[] => {
    const name = prefix + key;
    if (!isPlain(spec)) return [{ name, kind: "fixed", values: formatParam(spec), when: outer }];
    const when = spec.when === undefined ? outer : [...outer, conditionWords(spec.when)];
    if (isPlain(spec.parameters)) return leaves(spec.parameters, `${name}.`, when);
    if (typeof spec.expr === "string") return [{ name, kind: "derived", values: spec.expr, when }];
    const fixed = "value" in spec || (Array.isArray(spec.values) && spec.values.length === 1);
    return [{ name, kind: fixed ? "fixed" : "searched", values: valuesOf(spec), when }];
  });
}

/** `{optimizer: [sgd, adam], layers: 2}` reads "optimizer is sgd or adam, and layers is 2"; a formula stays one. */
export function conditionWords(condition: unknown): string {
  if (!isPlain(condition)) return formatParam(condition);
  return Object.entries(condition)
    .map(([name, value]) => {
      const allowed = Array.isArray(value) ? value : [value];
      return `${name} is ${allowed.map((one) => formatParam(one)).join(" or ")}`;
    })
    .join(", and ");
}

function valuesOf(spec: Values): string {
  if ("value" in spec) return formatParam(spec.value);
  if (Array.isArray(spec.values)) {
    const shares = Array.isArray(spec.probabilities) ? spec.probabilities : [];
    return spec.values
      .map((value, i) =>
        typeof shares[i] === "number"
          ? `${formatParam(value)} (${formatShare(shares[i])})`
          : formatParam(value),
      )
      .join(", ");
  }
  const distribution = String(spec.distribution ?? "");
  const steps =
    spec.q === undefined || distribution === "int_uniform" ? "" : `, in steps of ${formatParam(spec.q)}`;
  if ("min" in spec && "max" in spec) {
    const exponent = distribution.includes("log") && !distribution.endsWith("_values") ? "e^" : "";
    const [low, high] = distribution === "inv_log_uniform" ? inverted(spec) : [spec.min, spec.max];
    const range = `${exponent}${formatParam(low)} to ${exponent}${formatParam(high)}`;
    const scale = distribution.includes("log") ? ", log scale" : "";
    return `${range}${distribution === "int_uniform" ? ", whole numbers" : ""}${scale}${steps}`;
  }
  const numbers = ["mu", "sigma", "a", "b"]
    .filter((key) => key in spec)
    .map((key) => `${key} ${formatParam(spec[key])}`);
  return `${distribution.replace(/^q_/, "").replaceAll("_", "-")}${numbers.length > 0 ? `, ${numbers.join(", ")}` : ""}${steps}`;
}

/** The exponents of a value where those of its inverse are given: 0 to 5 means e^−5 to e^0. */
const inverted = ({ min, max }: Values): unknown[] =>
  [max, min].map((exponent) => (typeof exponent === "number" ? 0 - exponent : exponent));
