/** The `has` and `missing` conditions of a rule in `vercel.json`. */

import { LONGEST_TEXT, requireSteady } from "./steady_pattern.ts";

/** What of a request a condition looks at. */
const TYPES = ["host", "header", "cookie", "query"] as const;

interface Condition {
  readonly type: typeof TYPES[number];
  /** The name of the header, cookie or parameter; absent for the host. */
  readonly key?: string;
  /** Whether a value will do, and what its named groups captured; absent where any value will. */
  readonly test?: (value: string) => Captured | undefined;
}

/** The values that conditions captured, by name. */
export type Captured = Readonly<Record<string, string>>;

/** When a rule applies: everything of `has` is there, and nothing of `missing`. */
export interface Conditions {
  readonly has: readonly Condition[];
  readonly missing: readonly Condition[];
}

/** Reads the conditions of a rule of `part`. @throws {Error} naming what is no condition */
export function conditionsOf(
  { has, missing }: { readonly has?: unknown; readonly missing?: unknown },
  part: string,
): Conditions {
  return { has: listOf(has, `has of ${part}`), missing: listOf(missing, `missing of ${part}`) };
}

/** What the conditions captured from a request that they hold for, else nothing. */
export function capturedBy(
  { has, missing }: Conditions,
  request: Request,
): Captured | undefined {
  if (missing.some((condition) => capturedByOne(condition, request))) return undefined;
  const all: Record<string, string> = {};
  for (const condition of has) {
    const captured = capturedByOne(condition, request);
    if (!captured) return undefined;
    Object.assign(all, captured);
  }
  return all;
}

function capturedByOne({ type, key, test }: Condition, request: Request): Captured | undefined {
  for (const value of valuesOf(type, key ?? "", request)) {
    const captured = test ? test(value) : key === undefined ? {} : { [key]: value };
    if (captured) return captured;
  }
  return undefined;
}

function valuesOf(type: Condition["type"], key: string, request: Request): string[] {
  const { hostname, searchParams } = new URL(request.url);
  if (type === "host") return [hostname];
  if (type === "query") return searchParams.getAll(key);
  if (type === "header") {
    const value = request.headers.get(key);
    return value === null ? [] : [value];
  }
  const cookies = (request.headers.get("cookie") ?? "").split(/;\s*/);
  return cookies.filter((cookie) => cookie.startsWith(`${key}=`))
    .map((cookie) => cookie.slice(key.length + 1));
}

function listOf(value: unknown, part: string): Condition[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Error(`${part} is no list`);
  return value.map((entry) => conditionOf(entry, part));
}

function conditionOf(entry: unknown, part: string): Condition {
  const { type, key, value } = (entry ?? {}) as Record<string, unknown>;
  const known = TYPES.find((name) => name === type);
  if (!known) throw new Error(`${part} has a condition of the unknown type ${String(type)}`);
  if (known === "host" ? value === undefined : typeof key !== "string") {
    throw new Error(
      `${part} has a ${known} condition without a ${known === "host" ? "value" : "key"}`,
    );
  }
  return {
    type: known,
    ...(known === "host" ? {} : { key: key as string }),
    ...(value === undefined ? {} : { test: testOf(value, part) }),
  };
}

/** A text is a pattern of the whole value; an object compares. */
function testOf(value: unknown, part: string): (value: string) => Captured | undefined {
  if (typeof value === "string") return patternTest(value, part);
  const comparisons = Object.entries(objectOf(value, part))
    .map(([name, operand]) => comparisonOf(name, operand, part));
  return (found) => comparisons.every((holds) => holds(found)) ? {} : undefined;
}

function patternTest(pattern: string, part: string): (value: string) => Captured | undefined {
  const expression = expressionOf(pattern, part);
  return (found) => {
    const match = found.length > LONGEST_TEXT ? null : expression.exec(found);
    return match ? { ...match.groups } : undefined;
  };
}

function expressionOf(pattern: string, part: string): RegExp {
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${pattern})$`);
  } catch {
    throw new Error(`${part} has a value that is no pattern: ${pattern}`);
  }
  return requireSteady(expression, part);
}

function comparisonOf(name: string, operand: unknown, part: string): (value: string) => boolean {
  const text = String(operand);
  const texts = Array.isArray(operand) ? operand.map(String) : [text];
  const expression = name === "re" ? expressionOf(text, part) : undefined;
  const holds: Record<string, (value: string) => boolean> = {
    eq: (value) => value === text,
    neq: (value) => value !== text,
    inc: (value) => texts.includes(value),
    ninc: (value) => !texts.includes(value),
    pre: (value) => value.startsWith(text),
    suf: (value) => value.endsWith(text),
    re: (value) => expression!.test(value),
    gt: (value) => Number(value) > Number(operand),
    gte: (value) => Number(value) >= Number(operand),
    lt: (value) => Number(value) < Number(operand),
    lte: (value) => Number(value) <= Number(operand),
  };
  const comparison = Object.hasOwn(holds, name) ? holds[name] : undefined;
  if (!comparison) throw new Error(`${part} has a value with the unknown comparison ${name}`);
  return comparison;
}

function objectOf(value: unknown, part: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Error(`${part} has a value that is neither a text nor a comparison`);
}
