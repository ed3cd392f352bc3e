import { Hono } from "hono";
import { isJsonObject } from "../../core/exact_json.ts";
import { requireUser } from "../http/authenticate.ts";
import { assertName } from "../database/names.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { answer, notOne, rangeOf } from "./answer.ts";
import { DataApi, type Task } from "./data_api.ts";
import { type NegotiatedRequest, readDataRequest } from "./data_request.ts";
import { dataApiLog } from "./log.ts";
import { planRead, type ReadPlan } from "./plan/read_plan.ts";
import { planRepresentation } from "./plan/representation.ts";
import { answerError, DataApiError } from "./postgrest_error.ts";
import { badBody, type Body, parseJson, readWhole } from "./request/body.ts";
import { maxAffected } from "./request/prefer.ts";
import { chooseRoutine, type ChosenRoutine } from "./schema/choose_routine.ts";
import type { Schema } from "./schema/schema.ts";
import { type Arguments, callSql, procedureSql } from "./sql/call.ts";
import { bodySql, type Outcome, outcomeSql } from "./sql/outcome.ts";
import { countSql, ReadSql } from "./sql/read.ts";
import { Values } from "./sql/values.ts";

/** Calls of database functions, as PostgREST makes them (contract section 6.4). */
export function rpc(backend: LocalBackend): Area {
  const api = new DataApi(backend);
  return new Hono<RequestVariables>()
    .onError(answerError)
    .use(dataApiLog(backend))
    .use(requireUser(backend))
    .on(["GET", "POST"], "/:name", async (context) => await callRoutine(api, context))
    .all("/:name", ({ req }) => {
      throw new DataApiError(405, "PGRST101", `Cannot use the ${req.method} method on RPC`);
    });
}

async function callRoutine(api: DataApi, context: RequestContext): Promise<Response> {
  const isPost = context.req.method === "POST";
  const asked = readDataRequest(context, context.req.param("name")!, !isPost);
  const body = isPost ? await readWhole(context) : undefined;
  const { names, given } = body ? argumentsOf(body, asked.query.columns) : {
    names: [...asked.query.values.keys()],
    given: { texts: asked.query.values },
  };
  return await api.withSchema(asked.schema, async (schema) => {
    const chosen = chooseRoutine(schema, asked.name, names, body && jsonType(body));
    const { routine } = chosen;
    const relation = schema.relationOf(routine.returnsRelation);
    const representation = planRepresentation(schema, asked, { relation, routine });
    const request = { ...asked, representation };
    const { isVolatile, returnsNothing, isProcedure } = routine;
    const outcome = await api.run(context, request.preferences, {
      ...planCall(schema, chosen, given, request),
      isProcedure,
      schema: request.schema,
      readOnly: !isPost || !isVolatile,
      mayChangeSchema: isVolatile,
      refuse: (rows) => refusal(request, rows),
    });
    if (returnsNothing || isProcedure && outcome.rows === 0) {
      return answer(context, request, outcome, { status: 204, applicable: ["max-affected"] });
    }
    return answerCall(context, request, chosen, outcome);
  });
}

/** A form counts as JSON: its fields are arguments. */
function jsonType({ type }: Body): string {
  return type === "application/x-www-form-urlencoded" ? "application/json" : type;
}

/**
 * Of an array of objects the first one has the arguments.
 * @param columns the only arguments that are taken, where the request names them
 * @throws {DataApiError} 400 PGRST102
 */
function argumentsOf(
  { type, text, bytes }: Body,
  columns: readonly string[] | undefined,
): { names?: readonly string[]; given: Arguments } {
  switch (type) {
    case "application/json": {
      const value = parseJson(text);
      const body = text.trim() === "" ? "{}" : text;
      if (!Array.isArray(value)) {
        for (const name of Object.keys(value)) assertName(name);
        return { names: columns ?? Object.keys(value), given: { json: body, body } };
      }
      const [first] = value;
      if (!isJsonObject(first)) return { given: { json: "{}", body } };
      return {
        names: columns ?? Object.keys(first),
        given: { json: JSON.stringify(first), body },
      };
    }
    case "application/x-www-form-urlencoded": {
      const fields = new URLSearchParams(text);
      const texts = new Map([...fields.keys()].map((name) => [name, fields.getAll(name)]));
      const body = JSON.stringify(Object.fromEntries(fields));
      return { names: columns ?? [...texts.keys()], given: { texts, body } };
    }
    case "text/plain":
    case "text/xml":
      return { given: { body: text } };
    case "application/octet-stream":
      return { given: { body: bytes } };
    default:
      throw badBody(`Content-Type not acceptable: ${type}`);
  }
}

/** @throws {DataApiError} 400 PGRST128 and what {@link planRead} throws */
function planCall(
  schema: Schema,
  chosen: ChosenRoutine,
  given: Arguments,
  request: NegotiatedRequest,
): Pick<Task, "statement" | "tables"> {
  const { routine } = chosen;
  const values = new Values();
  if (routine.isProcedure) {
    const sql = procedureSql(schema, chosen, given, values);
    return { statement: { sql, params: values.list }, tables: new Map() };
  }
  const most = maxAffected(request.preferences);
  if (most !== undefined && !routine.returnsSet) throw needsSet();
  const plan = planResult(schema, chosen, request);
  const called = callSql(schema, chosen, given, routine.returnsRow ? plan : undefined, values);
  const source = { sql: "called", isDerived: true };
  const { representation, preferences, page } = request;
  const read = new ReadSql(values, representation.custom?.takesTableRows);
  const rows = read.rows(plan, source);
  const isPart = page.limit !== undefined || page.offset > 0;
  const total = preferences.has("count") && isPart ? countSql(plan, source, values) : undefined;
  const refusals = [
    routine.returnsSet && representation.kind === "object" ? "count(*) <> 1" : "",
    most === undefined ? "" : `count(*) > ${most}`,
  ].filter(Boolean);
  const refusedIf = refusals.length > 0 ? refusals.join(" OR ") : undefined;
  const sql = outcomeSql(rows, { total, body: resultSql(chosen, request), refusedIf });
  return {
    statement: { sql: `WITH called AS (${called}) ${sql}`, params: values.list },
    tables: new Map([["_t0", routine.name], ["target", routine.name], ...read.tables]),
  };
}

/** The column of a scalar in CSV, as PostgREST calls it. */
const SCALAR = "pgrst_scalar";

/** How the rows of a function are read; a scalar is a row of one column. */
function planResult(
  schema: Schema,
  { routine }: ChosenRoutine,
  { query: { items, options }, page, representation }: NegotiatedRequest,
): ReadPlan {
  const own = { ...options, ...page };
  if (routine.returnsRow) {
    return planRead(schema, schema.relationOf(routine.returnsRelation), items, own);
  }
  const alias = representation.kind === "csv" ? SCALAR : undefined;
  const value = { kind: "field" as const, field: { name: "value", path: [] }, alias };
  return planRead(schema, undefined, [value], own);
}

function resultSql(
  { routine }: ChosenRoutine,
  { representation, isHead }: NegotiatedRequest,
): string {
  if (routine.returnsNothing || isHead) return "'null'::json";
  const { kind } = representation;
  if (routine.returnsRow || kind === "csv" || kind === "custom") return bodySql(representation);
  return routine.returnsSet
    ? "coalesce(json_agg(_rows.value), '[]')"
    : "coalesce((array_agg(to_json(_rows.value)))[1], 'null')";
}

function answerCall(
  context: RequestContext,
  request: NegotiatedRequest,
  { routine }: ChosenRoutine,
  outcome: Outcome,
): Response {
  const counted = request.preferences.has("count") ? outcome.total ?? outcome.rows : undefined;
  const { status, range } = rangeOf(request, outcome.rows, counted);
  const isOne = routine.isProcedure || routine.returnsRow && !routine.returnsSet;
  const wanted = request.representation.kind;
  const isText = wanted === "custom" || wanted === "csv";
  const isAsWanted = isText || !isOne && (routine.returnsRow || routine.returnsSet);
  const kind = isAsWanted ? wanted : isOne ? "object" : "array";
  const form = { status, range, applicable: ["max-affected"], kind };
  if (isOne && wanted !== "csv" && outcome.rows === 0) {
    return answer(context, request, outcome, { ...form, body: "null" });
  }
  return answer(context, request, outcome, form);
}

function refusal({ representation }: NegotiatedRequest, rows: number): DataApiError {
  if (representation.kind === "object" && rows !== 1) return notOne(rows);
  return new DataApiError(
    400,
    "PGRST124",
    "Query result exceeds max-affected preference constraint",
    `The query affects ${rows} rows`,
  );
}

function needsSet(): DataApiError {
  return new DataApiError(
    400,
    "PGRST128",
    "Function must return SETOF or TABLE when max-affected preference is used with handling=strict",
  );
}
