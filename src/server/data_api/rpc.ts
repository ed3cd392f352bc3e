import { Hono } from "hono";
import { sessionOf } from "../http/identity.ts";
import { requireUser } from "../http/authenticate.ts";
import type { Database } from "../database/client.ts";
import {
  assertName,
  qualifiedName,
  quoteLiteral,
  quoteName,
  schemaParameter,
} from "../database/names.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { readJson } from "../http/validate.ts";
import { answerError, DataApiError } from "./postgrest_error.ts";
import { dataApiLog } from "./log.ts";
import { type Call, chooseRoutine, findRoutines, type Parameter } from "./routines.ts";

/** Calls of database functions, as PostgREST makes them (contract section 6.4). */
export function rpc(backend: LocalBackend): Area {
  const { database } = backend;
  return new Hono<RequestVariables>()
    .onError(answerError)
    .use(dataApiLog(backend))
    .use(requireUser(backend))
    .get("/:name", async (context) => {
      const { schema: _, ...given } = context.req.queries();
      return await call(context, database, textArguments(given), true);
    })
    .post("/:name", async (context) => {
      const body = await readJson(context);
      if (Array.isArray(body)) return await call(context, database, { body }, false);
      for (const name of Object.keys(body as object)) assertName(name);
      const values = Object.entries(body as Record<string, unknown>)
        .map(([name, value]) => [name, JSON.stringify(value)] as const);
      return await call(context, database, { body, values: new Map(values) }, false);
    });
}

/** The arguments of one call. */
interface Arguments {
  /** The whole body, for a function of one unnamed parameter. */
  readonly body?: unknown;
  /** By name: JSON text, or the plain texts of a query string. */
  readonly values?: ReadonlyMap<string, string | readonly string[]>;
}

function textArguments(given: Readonly<Record<string, string[]>>): Arguments {
  return { values: new Map(Object.entries(given)) };
}

async function call(
  context: RequestContext,
  database: Database,
  { body, values = new Map() }: Arguments,
  readOnly: boolean,
): Promise<Response> {
  const schema = schemaParameter(context);
  const name = context.req.param("name")!;
  const routines = await findRoutines(database, schema, name);
  const chosen = chooseRoutine(schema, name, routines, [...values.keys()], body !== undefined);
  const session = {
    ...sessionOf(context.get("identity")),
    readOnly: readOnly || !chosen.routine.isVolatile,
  };
  const list = chosen.takesBody
    ? `${quoteLiteral(JSON.stringify(body))}::${chosen.given[0]!.type}`
    : chosen.given.map((parameter) => argument(parameter, values.get(parameter.name)!)).join(", ");
  const { rows } = await database.query<{ body: string | null }>(
    callSql(qualifiedName(schema, name), list, chosen),
    undefined,
    session,
  );
  const { returnsNothing, returnsSet, isProcedure } = chosen.routine;
  if (returnsNothing || isProcedure && rows.length === 0) return context.body(null, 204);
  const text = isProcedure ? JSON.stringify(rows[0]) : rows[0]?.body ?? "null";
  return context.body(single(context, text, returnsSet), 200, {
    "content-type": "application/json; charset=utf-8",
  });
}

/** The result as JSON text that PostgreSQL makes, so that its numbers are exact. */
function callSql(name: string, list: string, { routine }: Call): string {
  const { returnsSet, returnsRow, returnsNothing, isProcedure } = routine;
  if (isProcedure) return `CALL ${name}(${list})`;
  const invocation = `${name}(${list})`;
  if (returnsNothing) return `SELECT ${invocation}`;
  const [value, source] = returnsRow
    ? ["row_to_json(r)", `(SELECT * FROM ${invocation}) AS r`]
    : ["to_json(r)", `${invocation} AS r`];
  return returnsSet
    ? `SELECT coalesce(json_agg(${value}), '[]')::text AS body FROM ${source}`
    : `SELECT ${value}::text AS body FROM ${source}`;
}

/** JSON text becomes the type as `json_to_record` has it; plain text by the type's own input. */
function argument(
  { name, type, isVariadic }: Parameter,
  value: string | readonly string[],
): string {
  const prefix = `${isVariadic ? "VARIADIC " : ""}${name ? `${quoteName(name)} := ` : ""}`;
  if (typeof value !== "string") {
    const sql = isVariadic
      ? `ARRAY[${value.map(quoteLiteral).join(", ")}]::${type}`
      : `${quoteLiteral(value[0]!)}::${type}`;
    return prefix + sql;
  }
  const record = quoteLiteral(`{"v":${value}}`);
  return `${prefix}(SELECT v FROM json_to_record(${record}) AS r (v ${type}))`;
}

/** One object where the client wants exactly one. */
function single(context: RequestContext, text: string, isSet: boolean): string {
  const accept = context.req.header("accept") ?? "";
  if (!isSet || !accept.includes("vnd.pgrst.object")) return text;
  const rows: unknown[] = JSON.parse(text);
  if (rows.length === 1) return JSON.stringify(rows[0]);
  throw new DataApiError(
    406,
    "PGRST116",
    "One row was asked for",
    `The result has ${rows.length} rows`,
  );
}
