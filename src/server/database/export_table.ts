import type { ExportDatabaseJsonData } from "../../shared/contract/backend.ts";
import type { Transaction } from "./client.ts";
import { FOREIGN_KEYS_SQL } from "./describe_table.ts";

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
  return (await exportTables(transaction, schema, [table])).get(table);
}

/** Describes tables with one query for each kind of fact; those that are not there are left out. */
export async function exportTables(
  transaction: Transaction,
  schema: string,
  names: readonly string[],
): Promise<Map<string, ExportedTable>> {
  async function byTable<Row>(sql: string): Promise<(table: string) => Row[]> {
    type Found = Row & { of: string };
    const { rows } = await transaction.query<Found>(sql, [schema, names]);
    const groups = Map.groupBy(rows, ({ of }) => of);
    return (table) => (groups.get(table) ?? []).map(({ of: _, ...row }) => row as Row);
  }

  const tables = await byTable<{ rlsEnabled: boolean }>(RLS_SQL);
  const columns = await byTable<ExportedTable["schema"][number]>(COLUMNS_SQL);
  const indexes = await byTable<ExportedTable["indexes"][number]>(INDEXES_SQL);
  const foreignKeys = await byTable<ExportedTable["foreignKeys"][number]>(FOREIGN_KEYS_SQL);
  const policies = await byTable<ExportedTable["policies"][number]>(POLICIES_SQL);
  const triggers = await byTable<ExportedTable["triggers"][number]>(TRIGGERS_SQL);
  const described = names.flatMap((name): [string, ExportedTable][] =>
    tables(name).map(({ rlsEnabled }) => [name, {
      schema: columns(name),
      indexes: indexes(name),
      foreignKeys: foreignKeys(name),
      rlsEnabled,
      policies: policies(name),
      triggers: triggers(name),
      rows: [],
    }])
  );
  return new Map(described);
}

const COLUMNS_SQL = `
SELECT table_name AS of, column_name AS "columnName", data_type AS "dataType",
  character_maximum_length::int4 AS "characterMaximumLength", is_nullable AS "isNullable",
  column_default AS "columnDefault"
FROM information_schema.columns
WHERE table_schema = $1 AND table_name = ANY ($2::text[])
ORDER BY ordinal_position`;

const INDEXES_SQL = `
SELECT t.relname AS of, i.relname AS indexname, pg_get_indexdef(i.oid) AS indexdef, x.indisunique AS "isUnique",
  x.indisprimary AS "isPrimary"
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = $1 AND t.relname = ANY ($2::text[])
ORDER BY 2`;

const POLICIES_SQL = `
SELECT tablename AS of, policyname::text AS policyname, cmd, roles::text[] AS roles, qual, with_check AS "withCheck"
FROM pg_policies
WHERE schemaname = $1 AND tablename = ANY ($2::text[])
ORDER BY 2`;

const TRIGGERS_SQL = `
SELECT event_object_table AS of, trigger_name AS "triggerName", action_timing AS "actionTiming", event_manipulation AS "eventManipulation",
  action_orientation AS "actionOrientation", action_condition AS "actionCondition",
  action_statement AS "actionStatement", action_reference_new_table AS "newTable",
  action_reference_old_table AS "oldTable"
FROM information_schema.triggers
WHERE event_object_schema = $1 AND event_object_table = ANY ($2::text[])
ORDER BY 2, 4`;

const RLS_SQL = `
SELECT c.relname AS of, c.relrowsecurity AS "rlsEnabled"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = ANY ($2::text[]) AND c.relkind IN ('r', 'p')`;
