import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { parseArray } from "../../src/server/database/array_text.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";

/** An SQL expression and what travels for it. */
const values: [sql: string, expected: unknown][] = [
  ["1::int2", 1],
  ["(-2147483648)::int4", -2147483648],
  ["9007199254740993::int8", "9007199254740993"],
  ["12.50::numeric", "12.50"],
  ["'NaN'::numeric", "NaN"],
  ["1234.5::money", "$1,234.50"],
  ["1.5::float4", 1.5],
  ["1e300::float8", 1e300],
  ["'NaN'::float8", "NaN"],
  ["'-Infinity'::float8", "-Infinity"],
  ["true", true],
  ["false", false],
  ["NULL", null],
  ["'a\"b\\ü😀'", 'a"b\\ü😀'],
  ["'x'::char(3)", "x  "],
  ["12::oid", 12],
  ["'00000000-0000-0000-0000-000000000001'::uuid", "00000000-0000-0000-0000-000000000001"],
  ["'2026-01-02'::date", "2026-01-02T00:00:00.000Z"],
  ["'2026-01-02 03:04:05.6789'::timestamp", "2026-01-02T03:04:05.678Z"],
  ["'2026-01-02 03:04:05+02'::timestamptz", "2026-01-02T01:04:05.000Z"],
  ["'infinity'::timestamptz", "infinity"],
  ["'0044-03-15 BC'::date", "-000043-03-15T00:00:00.000Z"],
  ["'12345-01-01'::date", "+012345-01-01T00:00:00.000Z"],
  ["'12:30:00'::time", "12:30:00"],
  ["interval '1 day'", { days: 1 }],
  ["interval '0'", {}],
  [
    "interval '-1 year 2 mons -3 days 04:05:06.789'",
    { months: -10, days: -3, hours: 4, minutes: 5, seconds: 6, milliseconds: 789 },
  ],
  ["interval '-00:00:01.5'", { seconds: -1, milliseconds: -500 }],
  [`'{"k":[1,null]}'::jsonb`, { k: [1, null] }],
  [`'[1, "two"]'::json`, [1, "two"]],
  ["'null'::jsonb", null],
  ["'\\x00ff'::bytea", { type: "Buffer", data: [0, 255] }],
  ["point(1,2.5)", { x: 1, y: 2.5 }],
  ["circle(point(1,2),3)", { x: 1, y: 2, radius: 3 }],
  ["'{1,2,NULL}'::int4[]", [1, 2, null]],
  ["'{9007199254740993}'::int8[]", ["9007199254740993"]],
  ["'{1.10}'::numeric[]", ["1.10"]],
  ["'{t,f}'::bool[]", [true, false]],
  ["'{{1,2},{3,4}}'::int4[]", [[1, 2], [3, 4]]],
  ["'[2:3]={5,6}'::int4[]", [5, 6]],
  ["'{}'::text[]", []],
  [`'{"a b",NULL,"NULL","c\\"d","e\\\\f","{,}"}'::text[]`, [
    "a b",
    null,
    "NULL",
    'c"d',
    "e\\f",
    "{,}",
  ]],
  ["array['2026-01-02'::date]", ["2026-01-02T00:00:00.000Z"]],
  [`array['{"a":1}'::jsonb]`, [{ a: 1 }]],
  ["array['\\x01'::bytea]", [{ type: "Buffer", data: [1] }]],
  ["row(1,'a')", "(1,a)"],
  ["'10.0.0.1/8'::inet", "10.0.0.1/8"],
  ["'[1,5)'::int4range", "[1,5)"],
  ["B'101'", "101"],
];

describe("values on the wire", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  for (const [sql, expected] of values) {
    it(sql, async () => {
      assertEquals(await backend.sql(`SELECT ${sql} AS value`), [{ value: expected }]);
    });
  }

  it("keeps the last of columns with one name", async () => {
    const { body } = await backend.request("POST", "/api/database/advance/rawsql", {
      query: "SELECT 1 AS a, 2 AS a",
    });
    assertEquals(body, {
      rows: [{ a: 2 }],
      rowCount: 1,
      fields: [{ name: "a", dataTypeID: 23 }, { name: "a", dataTypeID: 23 }],
    });
  });

  it("takes parameters of every JSON kind", async () => {
    const params = [41, "text", true, null, { a: [1] }, [1, 2], ['a"b', null, "c,d"]];
    const query = "SELECT $1::int + 1 AS n, $2 AS t, $3::bool AS b, $4::text AS z, " +
      "$5::jsonb AS j, $6::int[] AS i, $7::text[] AS s";
    assertEquals(await backend.sql(query, { params }), [{
      n: 42,
      t: "text",
      b: true,
      z: null,
      j: { a: [1] },
      i: [1, 2],
      s: ['a"b', null, "c,d"],
    }]);
  });

  it("sends large results whole", async () => {
    const rows = await backend.sql(
      "SELECT g, repeat('ü', 50) AS t FROM generate_series(1, 50000) g",
    );
    assertEquals(rows.length, 50000);
    assertEquals(rows.at(-1), { g: 50000, t: "ü".repeat(50) });
  });
});

describe("array text", () => {
  it("is read with another delimiter", () => {
    assertEquals(parseArray("{(1,1),(0,0);(2,2),(1,1)}", ";"), ["(1,1),(0,0)", "(2,2),(1,1)"]);
  });
});
