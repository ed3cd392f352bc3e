/**
 * What of a statement PostgreSQL 15 does not take, which InsForge runs, and this backend's 18 does:
 * told from the parse tree, by the release notes of 16 to 18. Bodies in quotes are not looked into.
 */
import type { RawStmt } from "libpg-query";

type Tree = Readonly<Record<string, unknown>>;

/** A part of a statement that 15 does not take. */
export interface Newer {
  /** Its name in SQL, and the version that brought it. */
  readonly what: string;
  /** The function that it calls, as far as its name alone says so. */
  readonly call?: string;
}

const FUNCTIONS: Readonly<Record<string, number>> = {
  any_value: 16,
  array_sample: 16,
  array_shuffle: 16,
  date_add: 16,
  date_subtract: 16,
  erf: 16,
  erfc: 16,
  pg_input_error_info: 16,
  pg_input_is_valid: 16,
  random_normal: 16,
  to_bin: 17,
  to_oct: 17,
  unicode_assigned: 17,
  uuid_extract_timestamp: 17,
  uuid_extract_version: 17,
  xmltext: 17,
  array_reverse: 18,
  array_sort: 18,
  casefold: 18,
  crc32: 18,
  crc32c: 18,
  gamma: 18,
  lgamma: 18,
  uuidv4: 18,
  uuidv7: 18,
};

/** Nodes of the parse tree that 15 has not, with their names in SQL. */
const NODES: Readonly<Record<string, string>> = {
  JsonIsPredicate: "IS JSON (16)",
  JsonObjectConstructor: "JSON_OBJECT (16)",
  JsonArrayConstructor: "JSON_ARRAY (16)",
  JsonArrayQueryConstructor: "JSON_ARRAY (16)",
  JsonObjectAgg: "JSON_OBJECTAGG (16)",
  JsonArrayAgg: "JSON_ARRAYAGG (16)",
  JsonTable: "JSON_TABLE (17)",
  JsonParseExpr: "JSON (17)",
  JsonScalarExpr: "JSON_SCALAR (17)",
  JsonSerializeExpr: "JSON_SERIALIZE (17)",
};

/** Looks at the fields of a node, by its name. */
const LOOKS: Readonly<Record<string, (node: Tree) => string | Newer | undefined>> = {
  FuncCall({ funcname }) {
    const names = (funcname as { String?: { sval?: string } }[]).map((part) => part.String?.sval);
    const [schema, name] = names.length > 1 ? names : ["pg_catalog", names[0]];
    const since = schema === "pg_catalog" ? FUNCTIONS[name ?? ""] : undefined;
    if (since === undefined) return undefined;
    return { what: `${name}() (${since})`, call: names.length > 1 ? undefined : name };
  },
  JsonFuncExpr: ({ op }) => `${String(op).replace(/_OP$/, "")} (17)`,
  Constraint({ contype, generated_kind, without_overlaps, fk_with_period }) {
    if (contype === "CONSTR_GENERATED" && generated_kind === "v") return "GENERATED … VIRTUAL (18)";
    if (contype === "CONSTR_ATTR_NOT_ENFORCED") return "NOT ENFORCED (18)";
    if (without_overlaps) return "WITHOUT OVERLAPS (18)";
    return fk_with_period ? "FOREIGN KEY … PERIOD (18)" : undefined;
  },
  MergeStmt: ({ returningClause }) => returningClause ? "MERGE … RETURNING (17)" : undefined,
  MergeWhenClause: ({ matchKind }) =>
    matchKind === "MERGE_WHEN_NOT_MATCHED_BY_SOURCE"
      ? "WHEN NOT MATCHED BY SOURCE (17)"
      : undefined,
  RangeSubselect: ({ alias }) => alias ? undefined : "a subquery of FROM without a name (16)",
  ColumnDef: ({ storage_name }) => storage_name ? "STORAGE of a column (16)" : undefined,
};

/** Numbers that are written as 15 does not read them. */
const LITERAL = /^[-+]?\s*(0[xXoObB][\da-fA-F_]+|\d[\d.]*_[\d_.]*)/;

/** What every such statement has in its text. */
const SUSPECT = new RegExp(
  `json|virtual|generated|overlaps|period|enforced|merge|storage|from\\s*\\(|returning|\\d_\\d|` +
    `\\b0[xob]|${Object.keys(FUNCTIONS).join("|")}`,
  "i",
);

/** Whether a text can hold anything newer than 15: most does not, and need not be looked at. */
export function isSuspect(sql: string): boolean {
  return SUSPECT.test(sql);
}

/**
 * What of a statement is newer than 15, in order.
 * @param bytes the whole text in UTF-8
 */
export function newerSyntax({ stmt }: RawStmt, bytes: Uint8Array): Newer[] {
  const found = new Map<string, Newer>();
  const pending: unknown[] = [stmt];
  while (pending.length > 0) {
    const node = pending.pop();
    if (Array.isArray(node)) pending.push(...node);
    else if (typeof node === "object" && node !== null) {
      for (const [name, value] of Object.entries(node as Tree)) {
        if (typeof value !== "object" || value === null) continue;
        const what = name === "A_Const"
          ? literal(value as Tree, bytes)
          : name === "returningClause"
          ? oldOrNew(value as Tree)
          : NODES[name] ?? LOOKS[name]?.(value as Tree);
        const newer = typeof what === "string" ? { what } : what;
        if (newer) found.set(newer.what, newer);
        pending.push(value);
      }
    }
  }
  return [...found.values()].sort((a, b) => a.what < b.what ? -1 : 1);
}

function literal({ ival, fval, location = 0 }: Tree, bytes: Uint8Array): string | undefined {
  if (!ival && !fval) return undefined;
  const start = Number(location);
  const text = new TextDecoder().decode(bytes.subarray(start, start + 40));
  const [, found] = LITERAL.exec(text) ?? [];
  return found && `${found} (16)`;
}

function oldOrNew({ exprs }: Tree): string | undefined {
  return /"fields":\[\{"String":\{"sval":"(old|new)"\}\},/.test(JSON.stringify(exprs))
    ? "RETURNING old or new (18)"
    : undefined;
}
