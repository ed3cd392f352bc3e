import type { ExportDatabaseJsonData } from "../../shared/contract/backend.ts";
import type { Transaction } from "./client.ts";
import { FOREIGN_KEYS_SQL, tableExists } from "./describe_table.ts";

/**
 * A table in the shape of a JSON export (contract section 6.7), without rows unless they are asked
 * for elsewhere.
 */
export type ExportedTable = ExportDatabaseJsonData["tables"][string] & {
  /** Set where a limit left rows out (contract section 6.7). */
  truncated?: true;
  exportedRowCount?: number;
  totalRowCount?: number;
};

/**
 * Describes a table as the JSON export does; undefined when there is none of that name. `rows` is
 * empty.
 */
export async function exportTable(
  transaction: Transaction,
  schema: string,
  table: string,
): Promise<ExportedTable | undefined> {
  if (!(await tableExists(transaction, schema, table))) return undefined;

  async function list<Row>(sql: string): Promise<Row[]> {
    return (await transaction.query<Row>(sql, [schema, table])).rows;
  }

  const [facts] = await list<{ rlsEnabled: boolean }>(RLS_SQL);
  return {
    schema: await list(COLUMNS_SQL),
    indexes: await list(INDEXES_SQL),
    foreignKeys: await list(FOREIGN_KEYS_SQL),
    rlsEnabled: facts!.rlsEnabled,
    policies: await list(POLICIES_SQL),
    triggers: await list(TRIGGERS_SQL),
    rows: [],
  };
}

const COLUMNS_SQL = `
SELECT column_name AS "columnName", data_type AS "dataType",
  character_maximum_length::int4 AS "characterMaximumLength", is_nullable AS "isNullable",
  column_default AS "columnDefault"
FROM information_schema.columns
WHERE table_schema = $1 AND table_name = $2
ORDER BY ordinal_position`;

const INDEXES_SQL = `
SELECT i.relname AS indexname, pg_get_indexdef(i.oid) AS indexdef, x.indisunique AS "isUnique",
  x.indisprimary AS "isPrimary"
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = $1 AND t.relname = $2
ORDER BY 1`;

const POLICIES_SQL = `
SELECT policyname::text AS policyname, cmd, roles::text[] AS roles, qual, with_check AS "withCheck"
FROM pg_policies
WHERE schemaname = $1 AND tablename = $2
ORDER BY 1`;

const TRIGGERS_SQL = `
SELECT trigger_name AS "triggerName", action_timing AS "actionTiming", event_manipulation AS "eventManipulation",
  action_orientation AS "actionOrientation", action_condition AS "actionCondition",
  action_statement AS "actionStatement", action_reference_new_table AS "newTable",
  action_reference_old_table AS "oldTable"
FROM information_schema.triggers
WHERE event_object_schema = $1 AND event_object_table = $2
ORDER BY 1, 3`;

const RLS_SQL = `
SELECT c.relrowsecurity AS "rlsEnabled"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2`;
