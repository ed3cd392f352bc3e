import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runInProcess } from "../support/in_process.ts";
import { recordedBackend } from "../support/recorded.ts";
import { linkedTo, type StubServer, stubServer } from "../support/stub_server.ts";

/** SQL that the real backend refused, and what is said of it. */
const refusals: readonly (readonly [sql: string, code: number, said: RegExp])[] = [
  ["SELEC 1", 1, /syntax error at or near "SELEC" \(SQLSTATE 42601\)\.\nLINE 1: SELEC 1\n {8}\^/],
  ["SELECT * FROM nope", 1, /"nope" does not exist .*42P01.*\n.*insforge db tables/],
  ["SELECT nope FROM posts", 1, /column "nope" .*42703.*\n.*insforge db shell/],
  ["SELECT 1/0", 1, /division by zero \(SQLSTATE 22012\)\.\n.*NULLIF/],
  ["SELECT 'x'::uuid", 1, /type uuid: "x" \(SQLSTATE 22P02\)\.\nChange the value/],
  ["INSERT INTO posts(title) VALUES ('a')", 1, /posts_title_key.*23505.*\n.*ON CONFLICT/],
  ["INSERT INTO posts(n) VALUES (1)", 1, /not-null.*23502.*\nGive the column a value/],
  ["INSERT INTO system.secrets(key) VALUES ('x')", 5, /permission denied for table secrets/],
  ["DROP DATABASE insforge", 5, /restricted operations\.\nRoles, databases/],
  ["BEGIN", 5, /Transaction control/],
  ["SELECT pg_sleep(31)", 1, /longer than 30 seconds.*57014.*\n.*less at once/],
];

describe("SQL on the real backend", () => {
  let server: StubServer;
  beforeAll(async () => void (server = await recordedBackend()));
  afterAll(async () => await server[Symbol.asyncDispose]());

  const query = (...args: string[]) =>
    runInProcess(["db", "query", ...args], { cwd: "/", env: linkedTo(server) });

  for (const [sql, code, said] of refusals) {
    it(`${sql}: exit ${code}, with what to do next`, async () => {
      const answer = await query(sql);
      assertEquals([answer.code, answer.stdout], [code, ""]);
      assertMatch(answer.stderr, said);
      for (const word of ["/api/", "GET ", " tool ", "server's logs", "options and values"]) {
        assertEquals(answer.stderr.includes(word), false, answer.stderr);
      }
    });
  }

  it("marks what its own version of PostgreSQL does not take", async () => {
    const error = {
      error: "FORBIDDEN",
      message: 'The SQL could not be parsed: syntax error at or near "VIRTUAL"',
      statusCode: 403,
    };
    await using backend = stubServer(() => Response.json(error, { status: 403 }));
    const sql = "CREATE TABLE t (\n  a int GENERATED ALWAYS AS (1) VIRTUAL\n)";
    const { code, stderr } = await runInProcess(["db", "query", sql], {
      cwd: "/",
      env: linkedTo(backend),
    });
    assertEquals(code, 1);
    assertMatch(stderr, /"VIRTUAL" \(SQLSTATE 42601\)\.\nLINE 2: {3}a int GENERATED.*\n {40}\^/);
  });

  it("keeps exact values, NULL and intervals", async () => {
    const { code, stdout } = await query("SELECT count(*) FROM posts");
    assertEquals([code, stdout], [0, "count\n─────\n    1\n(1 row)\n"]);
    const several = "SELECT null AS x, true AS y, 1.5::float8 AS f, interval '1 day' AS i";
    assertMatch((await query(several)).stdout, /^NULL\s+true\s+1\.5\s+\{"days":1\}$/m);
    const changed = await query("UPDATE posts SET n=1");
    assertEquals(changed.stdout, "Done: 1 row affected.\n");
    const made = await query("CREATE INDEX posts_n ON posts(n)");
    assertEquals(made.stdout, "Done.\n");
  });

  it("shows bytea as PostgreSQL writes it", async () => {
    await using backend = stubServer(() =>
      Response.json({
        rows: [{ b: { type: "Buffer", data: [1, 255] }, j: { type: "Buffer", data: [1] } }],
        rowCount: 1,
        fields: [{ name: "b", dataTypeID: 17 }, { name: "j", dataTypeID: 3802 }],
      })
    );
    const run = (...args: string[]) =>
      runInProcess(["db", "query", "SELECT 1", ...args], { cwd: "/", env: linkedTo(backend) });
    assertMatch((await run()).stdout, /^\\x01ff +\{"type":"Buffer","data":\[1\]\}$/m);
    const [row] = JSON.parse((await run("--json")).stdout).rows;
    assertEquals(row, { b: "\\x01ff", j: { type: "Buffer", data: [1] } });
  });

  it("shows every result of several statements that read", async () => {
    const sql = "SELECT count(*) FROM posts; SELECT count(*) FROM auth.users";
    const { stdout, stderr } = await query("--json", sql);
    assertEquals(stderr, "");
    const { rows, results } = JSON.parse(stdout);
    assertEquals(rows, [{ count: "0" }]);
    assertEquals(results.map((result: { rows: unknown }) => result.rows), [
      [{ count: "1" }],
      [{ count: "0" }],
    ]);
  });
});
