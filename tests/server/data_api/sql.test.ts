import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { planRead } from "../../../src/server/data_api/plan/read_plan.ts";
import { planWrite } from "../../../src/server/data_api/plan/write_plan.ts";
import { DataApiError } from "../../../src/server/data_api/postgrest_error.ts";
import { parseGivenRows } from "../../../src/server/data_api/request/body.ts";
import { parsePrefer } from "../../../src/server/data_api/request/prefer.ts";
import { parseQuery } from "../../../src/server/data_api/request/query_string.ts";
import { chooseRoutine } from "../../../src/server/data_api/schema/choose_routine.ts";
import { routineOf } from "../../../src/server/data_api/schema/routines.ts";
import { Schema } from "../../../src/server/data_api/schema/schema.ts";
import { callSql } from "../../../src/server/data_api/sql/call.ts";
import { ReadSql, tableSource } from "../../../src/server/data_api/sql/read.ts";
import { Values } from "../../../src/server/data_api/sql/values.ts";
import { writeSql } from "../../../src/server/data_api/sql/write.ts";

/** What nobody would call a thing, but one who wants to be SQL. */
const HOSTILE = `zq"'); DROP TABLE t; --\\`;
const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

function relation(oid: string, name: string, columns: readonly string[]) {
  const column = {
    type: "text",
    holdsText: true,
    isSearchVector: false,
    isRequired: false,
    casts: null,
  };
  return {
    oid,
    schema: HOSTILE,
    name,
    kind: "r",
    columns: columns.map((name, n) => ({ ...column, number: n + 1, name, default: "'d'::text" })),
    primaryKey: [columns[0]!],
  };
}

const tables = [relation("1", "t", ["a", "b", HOSTILE]), relation("2", HOSTILE, ["a", HOSTILE])];
const routine = routineOf({
  name: HOSTILE,
  names: ["a", HOSTILE],
  types: ["text", "text[]"],
  modes: ["i", "v"],
  defaults: 0,
  returnsSet: false,
  returnsRelation: "0",
  returnsRow: false,
  mediaType: null,
  isBinary: false,
  returnsNothing: false,
  isVolatile: false,
  isProcedure: false,
  isOneRow: false,
  takesRelation: "0",
});
const schema = new Schema(
  HOSTILE,
  new Map(tables.map((table) => [table.name, table])),
  new Map([[HOSTILE, [routine]]]),
  {
    foreign: [
      { name: HOSTILE, from: "1", to: "2", columns: [3], refColumns: [2], isUnique: false },
    ],
    primary: new Map(),
    views: new Map(),
  },
);
const table = schema.relation("t");

interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

function read(parameters: Record<string, string>): Statement {
  const { items, options } = parseQuery(new URLSearchParams(parameters));
  const values = new Values();
  const plan = planRead(schema, table, items, options);
  return { sql: new ReadSql(values).rows(plan, tableSource(table)), values: values.list };
}

function write(
  action: "insert" | "update" | "delete",
  parameters: Record<string, string>,
  body: unknown,
): Statement {
  const query = parseQuery(new URLSearchParams(parameters));
  const prefer = "return=representation,resolution=merge-duplicates,missing=default";
  const text = JSON.stringify(body);
  const given = parseGivenRows(
    { type: "application/json", text, bytes: new Uint8Array() },
    table,
    query.columns,
  );
  const values = new Values();
  const plan = planWrite(schema, table, action, query, parsePrefer(prefer), given);
  return { sql: writeSql(plan, values), values: values.list };
}

function call(given: Parameters<typeof callSql>[2], names: readonly string[]): Statement {
  const values = new Values();
  const chosen = chooseRoutine(schema, HOSTILE, names, undefined);
  return { sql: callSql(schema, chosen, given, undefined, values), values: values.list };
}

/** The text without quoted names and literals: all that PostgreSQL reads as SQL. */
function bare(sql: string): string {
  return sql.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, "");
}

describe("the SQL of the data API", () => {
  it("has a request's names quoted, its types named or quoted, and its values as parameters", () => {
    const name = quoted(HOSTILE);
    const requests: (() => Statement)[] = [
      ...["eq", "neq", "like", "ilike", "match", "imatch", "cs", "ov", "isdistinct", "fts", "wfts"]
        .map((operator) => () => read({ a: `${operator}.${HOSTILE}` })),
      () => read({ a: `eq(any).{${HOSTILE}}` }),
      () => read({ a: `in.(${quoted(HOSTILE)},x)` }),
      () => read({ a: `in.(${HOSTILE},x)` }),
      () => read({ a: `is.${HOSTILE}` }),
      () => read({ a: `fts(${HOSTILE}).x` }),
      () => read({ a: `fts(zq x).x` }),
      () => read({ [name]: "eq.1" }),
      () => read({ [HOSTILE]: "eq.1" }),
      () => read({ [`a->>${HOSTILE}`]: "eq.1" }),
      () => read({ [`a->>${name}`]: "eq.1" }),
      () => read({ [`${name}.a`]: "eq.1", select: `${name}(*)` }),
      () => read({ or: `(${name}.eq.1,a.eq.${name})` }),
      () => read({ or: `(a.eq.${HOSTILE})` }),
      () => read({ select: HOSTILE }),
      () => read({ select: `${name},${name}:a` }),
      () => read({ select: `a->${name}` }),
      () => read({ select: `a->>zq'x` }),
      () => read({ select: `a::zq x` }),
      () => read({ select: `a::text) zq` }),
      () => read({ select: `a::text--zq` }),
      () => read({ select: `a.sum()::zq` }),
      () => read({ select: `${name}.max(),${name}` }),
      () => read({ select: `${name}!${name}(${name})` }),
      () => read({ select: `...${name}(x:${name})` }),
      () => read({ select: `${name}:${name}!inner(*)`, [`${name}.order`]: `${name}.desc` }),
      () => read({ order: `${name}.desc.nullslast` }),
      () => read({ order: HOSTILE }),
      () => read({ order: `a.${HOSTILE}` }),
      () => read({ select: `${name}()`, order: `${name}(${name})` }),
      () => read({ limit: HOSTILE, offset: `1; zq` }),
      () => write("insert", { on_conflict: name, select: `${name},*` }, { [HOSTILE]: HOSTILE }),
      () => write("insert", { columns: name }, [{ [HOSTILE]: HOSTILE }]),
      () => write("insert", { columns: HOSTILE }, [{}]),
      () => write("insert", {}, { zq: 1 }),
      () => write("update", { [name]: `eq.${HOSTILE}` }, { [HOSTILE]: HOSTILE }),
      () => write("delete", { [name]: `eq.x`, order: name, limit: "1" }, {}),
      () => call({ json: JSON.stringify({ [HOSTILE]: [HOSTILE] }), body: "" }, ["a", HOSTILE]),
      () => call({ texts: new Map([["a", ["x"]], [HOSTILE, [HOSTILE]]]) }, ["a", HOSTILE]),
      () => call({ json: "{}", body: "" }, ["a", "zq"]),
    ];
    let written = 0;
    for (const request of requests) {
      try {
        const { sql } = request();
        assert(!/zq|DROP|--|['"\\]/i.test(bare(sql)), `${request}: ${sql}`);
        written++;
      } catch (error) {
        if (!(error instanceof DataApiError)) throw error;
      }
    }
    assert(written > 30, `${written} were SQL, the others refused`);
  });

  it("compares with parameters, and turns conditions by not, alone and in trees", () => {
    const where = (parameters: Record<string, string>) => {
      const { sql, values } = read({ select: "a", ...parameters });
      return [sql.split(" WHERE ")[1], ...values];
    };
    assertEquals(where({ a: "eq.it's" }), ['_t0."a" = $1', "it's"]);
    assertEquals(where({ a: "like.*x" }), ['_t0."a" LIKE $1', "%x"]);
    assertEquals(where({ a: "in.(1,2)" }), ['_t0."a" = ANY ($1)', ["1", "2"]]);
    assertEquals(where({ a: "in.()" }), ['_t0."a" = ANY ($1)', []]);
    assertEquals(where({ a: "not.is.null" }), ['NOT (_t0."a" IS NULL)']);
    assertEquals(
      where({ "not.and": "(a.not.eq.1,not.or(b.eq.2,a.eq.3))" }),
      ['NOT (NOT (_t0."a" = $1) AND NOT (_t0."b" = $2 OR _t0."a" = $3))', "1", "2", "3"],
    );
  });

  it("casts to types of SQL's own, or to names in quotes", () => {
    const cast = (type: string) => read({ select: `a::${type}` }).sql.split(" AS ")[1];
    assertEquals(cast("double precision"), "double precision)");
    assertEquals(cast("int4"), '"int4")');
    assertEquals(cast("my type"), '"my type")');
  });
});
