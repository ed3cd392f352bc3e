import { Hono } from "hono";
import { requireUser } from "../http/authenticate.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { answer, notOne, pathOf, rangeOf } from "./answer.ts";
import { DataApi } from "./data_api.ts";
import { readDataRequest } from "./data_request.ts";
import { dataApiLog } from "./log.ts";
import { describeApi, PRIVILEGES, type Privileges } from "./openapi.ts";
import { schemaParameter } from "../database/names.ts";
import { mediaRanges, negotiate } from "./request/media_type.ts";
import { parsePrefer } from "./request/prefer.ts";
import { planRead } from "./plan/read_plan.ts";
import { planRepresentation } from "./plan/representation.ts";
import { answerError, DataApiError } from "./postgrest_error.ts";
import { bodySql, outcomeSql } from "./sql/outcome.ts";
import { allRowsSql, countSql, ReadSql, tableSource } from "./sql/read.ts";
import { Values } from "./sql/values.ts";
import { writeRecords } from "./write_records.ts";

/** Rows of tables and views, read and written as PostgREST does it (contract section 6.5). */
export function records(backend: LocalBackend): Area {
  const api = new DataApi(backend);
  return new Hono<RequestVariables>()
    .onError(answerError)
    .use(dataApiLog(backend))
    .use(requireUser(backend))
    .get("/", async (context) => await describeRecords(api, backend.version, context))
    .get("/:table", async (context) => await readRecords(api, context))
    .on(
      ["POST", "PUT", "PATCH", "DELETE"],
      "/:table",
      async (context) => await writeRecords(api, context),
    )
    .all("/:table", ({ req }) => {
      throw new DataApiError(405, "PGRST117", `Unsupported HTTP method: ${req.method}`);
    })
    .all("/:table/*", () => {
      throw new DataApiError(404, "PGRST125", "Invalid path specified in request URL");
    });
}

async function readRecords(api: DataApi, context: RequestContext): Promise<Response> {
  const request = readDataRequest(context, context.req.param("table")!);
  const { query, preferences, page } = request;
  return await api.withSchema(request.schema, async (schema) => {
    const relation = schema.relation(request.name);
    const representation = planRepresentation(schema, request, { relation });
    const plan = planRead(schema, relation, query.items, { ...query.options, ...page });
    const values = new Values();
    const source = tableSource(relation);
    const read = new ReadSql(values, representation.custom?.takesTableRows);
    const rows = read.rows(plan, source);
    const counting = preferences.get("count");
    const isPart = page.limit !== undefined || page.offset > 0;
    const total = counting && counting !== "planned" && isPart
      ? countSql(plan, source, values)
      : undefined;
    const statement = {
      sql: outcomeSql(rows, {
        total,
        body: request.isHead ? "'[]'::json" : bodySql(representation),
      }),
      params: values.list,
    };
    const guessValues = new Values();
    const guessed = counting === "planned"
      ? { sql: allRowsSql(plan, source, guessValues), params: guessValues.list }
      : undefined;
    const outcome = await api.run(context, preferences, {
      statement,
      guessed,
      schema: request.schema,
      readOnly: true,
      tables: read.tables,
    });
    const counted = counting ? outcome.total ?? outcome.rows : undefined;
    const { status, range } = rangeOf(request, outcome.rows, counted);
    if (representation.kind === "object" && outcome.rows !== 1) throw notOne(outcome.rows);
    const contentLocation = canonicalPath(context, request.name);
    const form = { status, range, applicable: [], contentLocation };
    return answer(context, { ...request, representation }, outcome, form);
  });
}

/** Path and query as PostgREST knows them, with the parameters by their names. */
function canonicalPath({ req }: RequestContext, name: string): string {
  const parameters = new URL(req.url).searchParams;
  parameters.sort();
  return pathOf(name, [...parameters]);
}

/** Answers what there is, as OpenAPI. */
async function describeRecords(
  api: DataApi,
  version: string,
  context: RequestContext,
): Promise<Response> {
  const accept = context.req.header("accept")?.replace("application/openapi+json", "*/*");
  negotiate(mediaRanges(accept));
  const name = schemaParameter(context);
  return await api.withSchema(name, async (schema) => {
    const sql = outcomeSql(PRIVILEGES, { body: "coalesce(json_agg(_rows), '[]')" });
    const statement = { sql, params: [name] };
    const { body } = await api.run(context, parsePrefer(undefined), {
      statement,
      schema: name,
      readOnly: true,
      tables: new Map(),
    });
    const privileges: Privileges[] = JSON.parse(new TextDecoder().decode(body));
    const description = describeApi(schema, privileges, new URL(context.req.url), version);
    return context.json(description, 200, {
      "content-type": "application/openapi+json; charset=utf-8",
    });
  });
}
