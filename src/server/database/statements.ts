import type { Node, RawStmt } from "libpg-query";
import { isSuspect, type Newer, newerSyntax } from "./newer_syntax.ts";
import { parseSql, refusals } from "../../shared/sql/parser.ts";

/** One top-level statement of an SQL text. */
export interface SqlStatement {
  /** Node name of PostgreSQL's parse tree, such as `SelectStmt`. */
  kind: string;
  text: string;
  /** Zero-based UTF-16 offset of `text` in the whole. */
  start: number;
  /** What a `SET` or `RESET` changes, `all` for `RESET ALL`. */
  setting?: string;
  /** Kind of the object that is created, dropped, renamed or reassigned, such as `OBJECT_TABLE`. */
  object?: string;
  /** Whether it refuses to run inside a transaction block, as `VACUUM` does. */
  outsideTransaction?: true;
  /** Whether it reads from the client (`COPY … FROM STDIN`), which HTTP cannot serve. */
  readsClient?: true;
  /** Whether a SELECT writes: `SELECT … INTO` or a data-modifying WITH. */
  writes?: true;
  /** What PostgreSQL 15 does not take of it. */
  newer?: readonly Newer[];
}

/**
 * Splits a text into its top-level statements with PostgreSQL's grammar.
 * @throws {SqlSyntaxError} if the text does not parse
 */
export async function parseStatements(sql: string): Promise<SqlStatement[]> {
  const statements = describeStatements(sql, await parseSql(sql));
  const unsure = statements.filter(isUnsure);
  const refused = await refusals(unsure.map(({ text }) => text), 15);
  refused.forEach((refusal, index) => {
    if (refusal) unsure[index]!.newer = [{ what: refusal.message }];
  });
  return statements;
}

/** Statements of every day, of which the parse tree tells what is newer. */
const PLAIN: readonly string[] = ["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"];
/** What it does not tell of these: it is the same as that of what is older. */
const UNTOLD = /\bat\s+local\b|\breturning\s+with\b/i;

/** Whether a statement has to be asked about: whether the grammar of 15 takes it. */
function isUnsure({ kind, text, newer }: SqlStatement): boolean {
  return newer === undefined && (!PLAIN.includes(kind) || UNTOLD.test(text));
}

/** The one-based line of a place in a text, a UTF-16 offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function describeStatements(sql: string, statements: RawStmt[]): SqlStatement[] {
  const bytes = new TextEncoder().encode(sql);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let byteEnd = 0;
  let charEnd = 0;
  const suspect = isSuspect(sql);
  return statements.map((raw) => {
    const { stmt, stmt_location = 0, stmt_len } = raw;
    const newer = suspect ? newerSyntax(raw, bytes) : [];
    const gap = decoder.decode(bytes.subarray(byteEnd, stmt_location));
    byteEnd = stmt_len ? stmt_location + stmt_len : bytes.length;
    const whole = decoder.decode(bytes.subarray(stmt_location, byteEnd));
    const text = whole.trimStart();
    const start = charEnd + gap.length + whole.length - text.length;
    charEnd += gap.length + whole.length;
    const facts = { text: text.trimEnd(), start, ...describe(stmt) };
    return newer.length > 0 ? { ...facts, newer } : facts;
  });
}

type Description = Omit<SqlStatement, "text" | "start" | "newer">;

/** The few facts about a parse tree that guards and execution decide on. */
function describe(stmt: Node | undefined): Description {
  const [kind, node] = Object.entries(stmt ?? {})[0] ?? ["", {}];
  const facts: Description = { kind };
  const tree = node as Record<string, unknown>;
  switch (kind) {
    case "VariableSetStmt":
      facts.setting = tree.kind === "VAR_RESET_ALL" ? "all" : String(tree.name).toLowerCase();
      break;
    case "VacuumStmt":
      if (tree.is_vacuumcmd) facts.outsideTransaction = true;
      break;
    case "IndexStmt":
      if (tree.concurrent) facts.outsideTransaction = true;
      break;
    case "ReindexStmt":
      if (
        tree.kind === "REINDEX_OBJECT_SCHEMA" ||
        JSON.stringify(tree.params ?? "").includes('"concurrently"')
      ) {
        facts.outsideTransaction = true;
      }
      break;
    case "DropStmt":
      facts.object = String(tree.removeType);
      if (tree.concurrent) facts.outsideTransaction = true;
      break;
    case "RenameStmt":
      facts.object = String(tree.renameType);
      break;
    case "AlterOwnerStmt":
      facts.object = String(tree.objectType);
      break;
    case "CopyStmt":
      if (tree.is_from && !tree.filename && !tree.is_program) facts.readsClient = true;
      break;
    case "SelectStmt":
      if (selectWrites(tree)) facts.writes = true;
  }
  return facts;
}

function selectWrites(select: Record<string, unknown>): boolean {
  const withClause = select.withClause as
    | { ctes?: { CommonTableExpr?: { ctequery?: Node } }[] }
    | undefined;
  return select.intoClause !== undefined ||
    (withClause?.ctes ?? []).some((cte) =>
      !("SelectStmt" in (cte.CommonTableExpr?.ctequery ?? {}))
    );
}
