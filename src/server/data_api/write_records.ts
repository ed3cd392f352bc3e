import type { RequestContext } from "../services.ts";
import { answer, notOne, pathOf } from "./answer.ts";
import type { DataApi } from "./data_api.ts";
import { type DataRequest, type NegotiatedRequest, readDataRequest } from "./data_request.ts";
import { planRepresentation } from "./plan/representation.ts";
import { planPut, planWrite, type WritePlan } from "./plan/write_plan.ts";
import { DataApiError } from "./postgrest_error.ts";
import { type Body, parseGivenRows, readWhole } from "./request/body.ts";
import { maxAffected } from "./request/prefer.ts";
import { contentRange } from "./request/range.ts";
import type { Relation } from "./schema/relation.ts";
import type { Schema } from "./schema/schema.ts";
import { bodySql, type Outcome, outcomeSql } from "./sql/outcome.ts";
import { ReadSql } from "./sql/read.ts";
import { Values } from "./sql/values.ts";
import { INSERTED, writeSql } from "./sql/write.ts";

/** Inserts, changes or removes rows, and answers what became of them. */
export async function writeRecords(api: DataApi, context: RequestContext): Promise<Response> {
  const { method } = context.req;
  const asked = readDataRequest(context, context.req.param("table")!);
  const body = method === "DELETE" ? undefined : await readWhole(context);
  return await api.withSchema(asked.schema, async (schema) => {
    const relation = schema.relation(asked.name);
    const representation = planRepresentation(schema, asked, { relation });
    const request = { ...asked, representation };
    const plan = planOf(schema, relation, request, { method, body });
    const values = new Values();
    const reading = new ReadSql(values, representation.custom?.takesTableRows);
    const sql = statementOf(plan, method, request, values, reading);
    const outcome = await api.run(context, request.preferences, {
      statement: { sql, params: values.list },
      tables: new Map([...reading.tables, ["target", relation.name]]),
      schema: request.schema,
      readOnly: false,
      refuse: (rows) => refusal(method, request, rows),
    });
    return answer(context, request, outcome, formOf(plan, method, request, outcome));
  });
}

function planOf(
  schema: Schema,
  relation: Relation,
  request: NegotiatedRequest,
  { method, body }: { method: string; body: Body | undefined },
): WritePlan {
  const { query, preferences } = request;
  if (!body) return planWrite(schema, relation, "delete", query, preferences);
  const given = parseGivenRows(body, relation, query.columns);
  if (method !== "PUT") {
    const action = method === "POST" ? "insert" : "update";
    return planWrite(schema, relation, action, query, preferences, given);
  }
  const plan = planPut(schema, relation, query, preferences, given);
  if (relation.primaryKey.every((name) => given.columns.includes(name))) return plan;
  throw refusal(method, request, given.count);
}

function statementOf(
  plan: WritePlan,
  method: string,
  { preferences, representation }: NegotiatedRequest,
  values: Values,
  reading: ReadSql,
): string {
  const { read, keys } = plan;
  const change = writeSql(plan, values);
  const source = { sql: "changed", isDerived: true };
  const rows = read ? reading.rows(read, source) : "SELECT * FROM changed";
  const most = maxAffected(preferences);
  const refusals = [
    method === "PUT" ? "count(*) <> 1" : "",
    representation.kind === "object" ? "count(*) <> 1" : "",
    most !== undefined && plan.action !== "insert" ? `count(*) > ${most}` : "",
  ].filter(Boolean);
  return `WITH changed AS (${change}) ${
    outcomeSql(rows, {
      body: read ? bodySql(representation) : "'[]'::json",
      inserted: plan.merges ? INSERTED : undefined,
      key: keys.length > 0 ? KEY : undefined,
      refusedIf: refusals.length > 0 ? refusals.join(" OR ") : undefined,
    })
  }`;
}

function refusal(
  method: string,
  { representation }: NegotiatedRequest,
  rows: number,
): DataApiError {
  if (method === "PUT") {
    return new DataApiError(
      400,
      "PGRST115",
      "Payload values do not match URL in primary key column(s)",
    );
  }
  if (representation.kind === "object" && rows !== 1) return notOne(rows);
  return new DataApiError(
    400,
    "PGRST124",
    "Query result exceeds max-affected preference constraint",
    `The query affects ${rows} rows`,
  );
}

function formOf(plan: WritePlan, method: string, request: DataRequest, outcome: Outcome) {
  const { preferences, name } = request;
  const { rows, inserted, key } = outcome;
  const isShown = plan.read !== undefined;
  const total = preferences.has("count") ? rows : undefined;
  if (plan.action === "insert") {
    const isMerged = plan.merges && (inserted ?? 0) <= 0;
    const [created, nothing] = method === "PUT" ? [isMerged ? 200 : 201, 204] : [
      isMerged ? 200 : 201,
      isMerged ? 200 : 201,
    ];
    return {
      status: isShown ? created : nothing,
      range: method === "PUT" ? undefined : contentRange(0, 0, total),
      applicable: method === "PUT" ? ["return"] : [
        ...plan.key && plan.key.length > 0 ? ["resolution"] : [],
        "missing",
        "return",
      ],
      location: key ? locationOf(name, key) : undefined,
      // The real backend answers an empty list where PostgREST answers nothing.
      body: isShown ? undefined : "[]",
    };
  }
  const isUpdate = plan.action === "update";
  return {
    status: isShown ? 200 : 204,
    range: contentRange(0, isUpdate ? rows : 0, total),
    applicable: isUpdate ? ["missing", "return", "max-affected"] : ["return", "max-affected"],
  };
}

/** The only row's columns as texts: numbers keep their digits. */
const KEY = `CASE WHEN count(*) = 1
 THEN (SELECT json_object_agg(key, value) FROM json_each_text(json_agg(_rows) -> 0)) END`;

function locationOf(table: string, key: Readonly<Record<string, string | null>>): string {
  const filters = Object.entries(key).map(([name, value]) =>
    [name, value === null ? "is.null" : `eq.${value}`] as const
  );
  return pathOf(table, filters);
}
