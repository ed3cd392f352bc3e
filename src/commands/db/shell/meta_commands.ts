/** The shell's own commands, which begin with a backslash as those of psql do. */
import { INTERNAL_SCHEMAS } from "../../../shared/contract/schemas.ts";
import type { HttpClient } from "../../../client/http.ts";
import { rawSql } from "../../../client/backend/database.ts";
import { UsageError } from "../../../core/errors.ts";
import { heading, table, text, type View } from "../../../terminal/view.ts";
import type { StatementSplitter } from "../../../shared/sql/splitter.ts";
import { describeTable } from "./describe_table.ts";
import type { ShellSettings } from "./statement_runner.ts";

/** What a command shows; `quit` ends the shell. */
export interface MetaOutcome {
  readonly views: readonly View[];
  /** What it found, for `--json`. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly quit?: boolean;
}

/** Lists of the catalogs: title of each column, and the query that has them. */
const LISTS: Readonly<Record<string, { readonly what: string; readonly sql: string }>> = {
  "\\d": { what: "relations", sql: relations("'r', 'p', 'v', 'm', 'S', 'f'") },
  "\\dt": { what: "tables", sql: relations("'r', 'p'") },
  "\\dv": { what: "views", sql: relations("'v', 'm'") },
  "\\ds": { what: "sequences", sql: relations("'S'") },
  "\\di": {
    what: "indexes",
    sql: `SELECT schemaname AS "Schema", indexname AS "Name", tablename AS "Table"
      FROM pg_indexes WHERE NOT schemaname = ANY (ARRAY['pg_catalog', 'information_schema', 'pg_toast'])
      AND schemaname NOT IN (${internalSchemas()}) ORDER BY 1, 2`,
  },
  "\\df": {
    what: "functions",
    sql: `SELECT n.nspname AS "Schema", p.proname AS "Name",
      pg_get_function_result(p.oid) AS "Result", pg_get_function_arguments(p.oid) AS "Arguments"
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname NOT IN (${internalSchemas()})
      ORDER BY 1, 2`,
  },
  "\\dn": {
    what: "schemas",
    sql: `SELECT nspname AS "Name", pg_get_userbyid(nspowner) AS "Owner"
      FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1`,
  },
  "\\dT": {
    what: "types",
    sql: `SELECT n.nspname AS "Schema", t.typname AS "Name",
      CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'composite' END AS "Kind"
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
      WHERE (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c') AND n.nspname !~ '^pg_'
      AND n.nspname <> 'information_schema' AND n.nspname NOT IN (${internalSchemas()}) ORDER BY 1, 2`,
  },
};

const HELP: readonly (readonly [string, string])[] = [
  ["\\d", "List tables, views and sequences"],
  ["\\d NAME", "Describe a table or view"],
  ["\\dt \\dv \\di \\ds", "List tables, views, indexes, sequences"],
  ["\\df \\dT \\dn", "List functions, types, schemas"],
  ["\\x", "Show each row as a block, or as a table again"],
  ["\\timing", "Show how long statements take, or stop doing so"],
  ["\\r", "Forget the statement that was begun"],
  ["\\q, exit, quit", "End the shell (or Ctrl-D)"],
  ["\\?, help", "Show this help"],
];

/** What psql takes without a backslash, where no statement was begun. */
const WORDS: Readonly<Record<string, string>> = { exit: "\\q", quit: "\\q", help: "\\?" };

/** The command that a word stands for, if the line has it alone. */
export function wordOf(line: string): string | undefined {
  return WORDS[line.trim().replace(/\s*;$/, "").toLowerCase()];
}

/** The command that a line is, given what was read before it; undefined for a line of SQL. */
export function commandOf(
  line: string,
  before: Pick<StatementSplitter, "isPending" | "isInside">,
): string | undefined {
  const command = (before.isPending ? undefined : wordOf(line)) ?? line.trim();
  return command.startsWith("\\") && !before.isInside ? command : undefined;
}

/** Runs one of them. @throws {UsageError} for one that is not known */
export async function runMetaCommand(
  backend: HttpClient,
  line: string,
  settings: ShellSettings,
): Promise<MetaOutcome> {
  const [typed = "", ...rest] = line.trim().replace(/;$/, "").split(/\s+/);
  const operand = rest.join(" ");
  // psql shows more where a plus follows.
  const command = typed.replace(/(?<=^\\d\w*)\+$/, "");
  switch (command) {
    case "\\q":
      return { views: [], quit: true };
    case "\\?":
    case "\\h":
      return { views: [table(["Command", "Meaning"], HELP, "")] };
    case "\\r":
      return { views: [text("The statement is forgotten.")] };
    case "\\timing":
      settings.timing = switched(settings.timing, operand);
      return { views: [text(`Timing is ${settings.timing ? "on" : "off"}.`)] };
    case "\\x":
      settings.expanded = switched(settings.expanded, operand);
      return { views: [text(`Expanded display is ${settings.expanded ? "on" : "off"}.`)] };
  }
  if (command === "\\d" && operand) return await describeTable(backend, operand);
  const list = LISTS[command];
  if (!list) {
    throw new UsageError(`There is no command ${command}.`, { hint: "See them with \\?" });
  }
  const { rows, fields = [] } = await rawSql(backend, list.sql, { unrestricted: true });
  const names = fields.map(({ name }) => name);
  const cells = rows.map((row) => names.map((name) => row[name]));
  return {
    views: [heading(`List of ${list.what}`), table(names, cells, `No ${list.what}.`)],
    data: { rows },
  };
}

/** The other way round, unless it says which. */
function switched(before: boolean, operand: string): boolean {
  return operand === "on" ? true : operand === "off" ? false : !before;
}

/** {@link INTERNAL_SCHEMAS} as literals. */
function internalSchemas(): string {
  return INTERNAL_SCHEMAS.map((name) => `'${name}'`).join(", ");
}

function relations(kinds: string): string {
  return `SELECT n.nspname AS "Schema", c.relname AS "Name",
    CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
      WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'foreign table' END AS "Kind"
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN (${kinds}) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND n.nspname NOT IN (${internalSchemas()}) ORDER BY 1, 2`;
}
