/** What `\d NAME` shows of a table or view. */
import { rawSql } from "../../../client/backend/database.ts";
import type { HttpClient } from "../../../client/http.ts";
import { NotFoundError } from "../../../core/errors.ts";
import { heading, table, text, type View } from "../../../terminal/view.ts";

interface Description {
  readonly name: string;
  readonly kind: string;
  readonly columns: readonly (readonly [string, string, string, string])[];
  readonly parts: readonly { readonly title: string; readonly lines: readonly string[] | null }[];
}

/**
 * Columns, indexes, constraints, policies and triggers.
 * @param name as it would stand in SQL: quoted, and with its schema, where that is needed
 * @throws {NotFoundError}
 */
export async function describeTable(
  backend: HttpClient,
  name: string,
): Promise<{ views: View[]; data: { table: Description } }> {
  const { rows } = await rawSql(backend, DESCRIPTION, { unrestricted: true, params: [name] });
  const found = rows[0]?.description as Description | undefined;
  if (!found) {
    throw new NotFoundError(`There is no table or view ${name}.`, { hint: "List them with \\d" });
  }
  const views = [
    heading(`${found.kind} ${found.name}`),
    table(["Column", "Type", "Nullable", "Default"], found.columns, "It has no columns."),
    ...found.parts.flatMap(({ title, lines }) =>
      lines?.length ? [text(`${title}:\n${lines.map((line) => `  ${line}`).join("\n")}`)] : []
    ),
  ];
  return { views, data: { table: found } };
}

const DESCRIPTION = `
SELECT json_build_object(
  'name', n.nspname || '.' || c.relname,
  'kind', CASE c.relkind WHEN 'v' THEN 'View' WHEN 'm' THEN 'Materialized view' WHEN 'S' THEN 'Sequence'
    ELSE 'Table' END,
  'columns', (SELECT coalesce(json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attnotnull THEN 'no' ELSE 'yes' END,
      CASE WHEN a.attidentity <> '' THEN 'identity' WHEN a.attgenerated <> ''
        THEN 'generated: ' || pg_get_expr(d.adbin, d.adrelid)
        ELSE coalesce(pg_get_expr(d.adbin, d.adrelid), '') END) ORDER BY a.attnum), '[]')
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'parts', json_build_array(
    json_build_object('title', 'Indexes', 'lines', (SELECT json_agg(
      regexp_replace(pg_get_indexdef(x.indexrelid), '^CREATE (UNIQUE )?INDEX (.*) ON .* USING', '\\2 \\1')
      ORDER BY NOT x.indisprimary, x.indexrelid) FROM pg_index x WHERE x.indrelid = c.oid)),
    json_build_object('title', 'Constraints', 'lines', (SELECT json_agg(
      k.conname || ' ' || pg_get_constraintdef(k.oid) ORDER BY k.conname)
      FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f', 'x'))),
    json_build_object('title', 'Referenced by', 'lines', (SELECT json_agg(
      k.conrelid::regclass || ' ' || pg_get_constraintdef(k.oid) ORDER BY k.conname)
      FROM pg_constraint k WHERE k.confrelid = c.oid AND k.contype = 'f')),
    json_build_object('title', CASE WHEN c.relrowsecurity THEN 'Policies (row-level security is on)' ELSE 'Policies' END,
      'lines', (SELECT json_agg(p.policyname || ' for ' || p.cmd || ' to ' || array_to_string(p.roles, ', ')
        || coalesce(' using ' || p.qual, '') || coalesce(' with check ' || p.with_check, '') ORDER BY p.policyname)
      FROM pg_policies p WHERE p.schemaname = n.nspname AND p.tablename = c.relname)),
    json_build_object('title', 'Triggers', 'lines', (SELECT json_agg(
      regexp_replace(pg_get_triggerdef(t.oid), '^CREATE (CONSTRAINT )?TRIGGER ', '') ORDER BY t.tgname)
      FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)))) AS description
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`;
