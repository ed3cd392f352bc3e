import { type Field, readField } from "./field.ts";
import { Scanner } from "./scanner.ts";

/** PostgreSQL's operators by PostgREST's names; those of the second list may be quantified. */
const OPERATORS: Readonly<Record<string, string>> = {
  neq: "<>",
  cs: "@>",
  cd: "<@",
  ov: "&&",
  sl: "<<",
  sr: ">>",
  nxr: "&<",
  nxl: "&>",
  adj: "-|-",
  isdistinct: "IS DISTINCT FROM",
};

const QUANTIFIED: Readonly<Record<string, string>> = {
  eq: "=",
  gte: ">=",
  gt: ">",
  lte: "<=",
  lt: "<",
  like: "LIKE",
  ilike: "ILIKE",
  match: "~",
  imatch: "~*",
};

const SEARCHES: Readonly<Record<string, string>> = {
  fts: "to_tsquery",
  plfts: "plainto_tsquery",
  phfts: "phraseto_tsquery",
  wfts: "websearch_to_tsquery",
};

const IS: Readonly<Record<string, string>> = {
  null: "NULL",
  not_null: "NOT NULL",
  true: "TRUE",
  false: "FALSE",
  unknown: "UNKNOWN",
};

/** What is asked of a field; SQL words come from the tables above, never from the request. */
export type Operation =
  | {
    readonly kind: "compare";
    readonly operator: string;
    /** Of the values of an array: `{a,b}`. */
    readonly quantifier?: "ANY" | "ALL";
    readonly value: string;
  }
  | { readonly kind: "in"; readonly values: readonly string[] }
  | { readonly kind: "is"; readonly what: string }
  | {
    readonly kind: "search";
    readonly query: string;
    readonly language?: string;
    readonly value: string;
  };

/** A condition on one field. */
export interface Filter {
  readonly kind: "filter";
  readonly field: Field;
  readonly isNegated: boolean;
  readonly operation: Operation;
}

/** A filter, or several joined with AND or OR. */
export type Condition = Filter | {
  readonly kind: "logic";
  readonly isNegated: boolean;
  readonly operator: "AND" | "OR";
  readonly conditions: readonly Condition[];
};

/**
 * Reads `operator.value` of a parameter: `not.eq.1`, `like(any).{a*,b*}`, `fts(english).cat`.
 * @throws {DataApiError} 400 PGRST100
 */
export function parseFilter(field: Field, text: string): Filter {
  const scanner = new Scanner(text, "filter");
  return readFilter(scanner, field, () => scanner.rest());
}

/** Whether a parameter's value is a filter, and not an argument of a function. */
export function isFilter(text: string): boolean {
  try {
    parseFilter({ name: "", path: [] }, text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads the tree of `and=(…)` or `or=(…)`.
 * @param word `and`, `or`, `not.and` or `not.or`
 * @throws {DataApiError} 400 PGRST100
 */
export function parseLogic(word: string, text: string): Condition {
  const scanner = new Scanner(text, "logic tree");
  const condition = readLogic(scanner, word.startsWith("not."), word.endsWith("or") ? "OR" : "AND");
  scanner.end();
  return condition;
}

function readLogic(scanner: Scanner, isNegated: boolean, operator: "AND" | "OR"): Condition {
  scanner.match(/ */y);
  scanner.expect("(");
  const conditions = scanner.list(() => readCondition(scanner));
  scanner.match(/ */y);
  scanner.expect(")");
  return { kind: "logic", isNegated, operator, conditions };
}

function readCondition(scanner: Scanner): Condition {
  scanner.match(/ */y);
  const [, not, operator] = scanner.match(/(not\.)?(and|or)(?= *\()/y) ?? [];
  if (operator) return readLogic(scanner, not !== undefined, operator === "or" ? "OR" : "AND");
  const field = readField(scanner);
  scanner.expect(".");
  return readFilter(scanner, field, () => {
    const start = scanner.position;
    const quoted = scanner.quoted();
    if (quoted !== undefined && scanner.match(/(?=[,)])/y)) return quoted;
    scanner.back(start);
    return scanner.match(/\{[^{}]*\}/y)?.[0] ?? scanner.match(/[^,)]*/y)![0];
  });
}

function readFilter(scanner: Scanner, field: Field, readValue: () => string): Filter {
  const isNegated = scanner.eat("not.");
  return { kind: "filter", field, isNegated, operation: readOperation(scanner, readValue) };
}

function readOperation(scanner: Scanner, readValue: () => string): Operation {
  const start = scanner.position;
  const [, name = "", modifier] = scanner.match(/([a-z]+)(?:\(([\p{L}\p{N}_ $]+)\))?\./uy) ?? [];
  if (name === "in" && modifier === undefined) return readIn(scanner);
  if (name === "is" && modifier === undefined) {
    const word = scanner.match(/[a-z_]*/iy)![0].toLowerCase();
    const what = Object.hasOwn(IS, word) ? IS[word]! : undefined;
    return { kind: "is", what: what ?? scanner.fail(Object.keys(IS).join(", ")) };
  }
  if (Object.hasOwn(OPERATORS, name) && modifier === undefined) {
    return { kind: "compare", operator: OPERATORS[name]!, value: readValue() };
  }
  if (Object.hasOwn(QUANTIFIED, name) && /^(any|all)?$/.test(modifier ?? "")) {
    const isPattern = name === "like" || name === "ilike";
    const value = readValue();
    return {
      kind: "compare",
      operator: QUANTIFIED[name]!,
      quantifier: modifier && (modifier === "any" ? "ANY" : "ALL") || undefined,
      value: isPattern ? value.replaceAll("*", "%") : value,
    };
  }
  if (Object.hasOwn(SEARCHES, name)) {
    return { kind: "search", query: SEARCHES[name]!, language: modifier, value: readValue() };
  }
  scanner.back(start);
  return scanner.fail('"not" or operator (eq, gt, ...)');
}

function readIn(scanner: Scanner): Operation {
  scanner.expect("(");
  scanner.match(/ */y);
  const values = scanner.list(() => {
    const start = scanner.position;
    const quoted = scanner.quoted();
    if (quoted !== undefined && scanner.match(/ *(?=[,)])/y)) return quoted;
    scanner.back(start);
    return scanner.match(/[^,)]*/y)![0];
  });
  scanner.expect(")");
  return { kind: "in", values: values.length === 1 && values[0] === "" ? [] : values };
}
