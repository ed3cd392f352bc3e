import { Hono } from "hono";
import type {
  DatabaseFunctionsResponse,
  DatabaseIndexesResponse,
  DatabasePoliciesResponse,
  DatabaseSchemasResponse,
  DatabaseTriggersResponse,
} from "../../shared/contract/backend.ts";
import { readerOf } from "../http/identity.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { schemaParameter } from "./names.ts";

/** Indexes, policies, triggers, functions and schemas (contract section 6.3). */
export function catalog({ database, strict }: LocalBackend): Area {
  const policiesSql = strict ? POLICIES_SQL.replace("roles::text[]", "roles::text") : POLICIES_SQL;
  async function list<Row>(sql: string, schema: string): Promise<Row[]> {
    return (await database.query<Row>(sql, [schema], readerOf(schema))).rows;
  }

  return new Hono<RequestVariables>()
    .get("/indexes", async (context) => {
      const body: DatabaseIndexesResponse = {
        indexes: await list(INDEXES_SQL, schemaParameter(context)),
      };
      return context.json(body);
    })
    .get("/policies", async (context) => {
      const body: DatabasePoliciesResponse = {
        policies: await list(policiesSql, schemaParameter(context)),
      };
      return context.json(body);
    })
    .get("/triggers", async (context) => {
      const body: DatabaseTriggersResponse = {
        triggers: await list(TRIGGERS_SQL, schemaParameter(context)),
      };
      return context.json(body);
    })
    .get("/functions", async (context) => {
      const body: DatabaseFunctionsResponse = {
        functions: await list(FUNCTIONS_SQL, schemaParameter(context)),
      };
      return context.json(body);
    })
    .get("/schemas", async (context) => {
      const { rows: schemas } = await database.query<DatabaseSchemasResponse["schemas"][number]>(
        SCHEMAS_SQL,
      );
      return context.json({ schemas });
    });
}

const INDEXES_SQL = `
SELECT t.relname AS "tableName", i.relname AS "indexName", pg_get_indexdef(i.oid) AS "indexDef",
  x.indisunique AS "isUnique", x.indisprimary AS "isPrimary"
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = $1 AND t.relkind IN ('r', 'p', 'm') AND left(t.relname, 1) <> '_'
ORDER BY 1, 2`;

const POLICIES_SQL = `
SELECT tablename::text AS "tableName", policyname::text AS "policyName", cmd, roles::text[] AS roles, qual,
  with_check AS "withCheck"
FROM pg_policies
WHERE schemaname = $1 AND left(tablename, 1) <> '_'
ORDER BY 1, 2`;

const TRIGGERS_SQL = `
SELECT event_object_table AS "tableName", trigger_name AS "triggerName", action_timing AS "actionTiming",
  event_manipulation AS "eventManipulation", action_orientation AS "actionOrientation",
  action_condition AS "actionCondition", action_statement AS "actionStatement"
FROM information_schema.triggers
WHERE event_object_schema = $1 AND left(event_object_table, 1) <> '_'
ORDER BY 1, 2, 4`;

const FUNCTIONS_SQL = `
SELECT p.proname AS "functionName", pg_get_functiondef(p.oid) AS "functionDef", p.prokind AS kind
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = $1 AND p.prokind IN ('f', 'p', 'w')
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  )
ORDER BY 1, p.oid`;

/**
 * Internal schemas are those that the superuser made; a caller's own belong to project_admin. Those
 * of extensions are left out.
 */
const SCHEMAS_SQL = `
SELECT nspname AS name, NOT has_schema_privilege('project_admin', n.oid, 'CREATE') AS "isProtected"
FROM pg_namespace n
WHERE nspname <> 'information_schema' AND left(nspname, 3) <> 'pg_'
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'
  )
ORDER BY nspname <> 'public', 2, nspname`;
