import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { runInProcess } from "../support/in_process.ts";

const say = (statements: string) => `DO $$ BEGIN ${statements} END $$`;

describe("what SQL says while it runs", () => {
  let backend: TestBackend;
  let cwd: string;
  beforeAll(async () => {
    backend = await startBackend();
    cwd = await Deno.makeTempDir({ prefix: "insforge-test-" });
  });
  afterAll(async () => {
    await backend.close();
    await Deno.remove(cwd, { recursive: true });
  });

  const ask = async (query: string, headers: Record<string, string> = { prefer: "results=all" }) =>
    (await backend.request("POST", "/api/database/advance/rawsql", { query }, { headers })).body;
  const run = (args: string[], stdin?: string) =>
    runInProcess(args, {
      cwd,
      stdin,
      env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
    });

  it("is told to those that ask, in order and of all statements", async () => {
    const sql = say("RAISE NOTICE 'one'; RAISE WARNING 'two' USING DETAIL = 'd', HINT = 'h';") +
      "; DROP TABLE IF EXISTS missing; SELECT 1 AS n";
    const { notices, results } = await ask(sql);
    assertEquals(results.length, 3);
    assertEquals(notices, [
      { severity: "NOTICE", message: "one" },
      { severity: "WARNING", message: "two", detail: "d", hint: "h" },
      { severity: "NOTICE", message: 'table "missing" does not exist, skipping' },
    ]);
    assertEquals((await ask(sql, {})).notices, undefined);
    assertEquals((await ask("SELECT 1")).notices, undefined);
  });

  it("is told of what then fails", async () => {
    const { details } = await ask(say("RAISE NOTICE 'before'; RAISE EXCEPTION 'over';"));
    assertEquals(details.notices, [{ severity: "NOTICE", message: "before" }]);
  });

  it("is bounded", async () => {
    const loop = "FOR n IN 1..500 LOOP RAISE NOTICE '%', repeat('x', 1000); END LOOP;";
    const { notices } = await ask(say(loop));
    assert(notices.length > 200 && notices.length < 300, String(notices.length));
    assertEquals(notices.at(-1).message, `${501 - notices.length} more were left out`);
  });

  it("is shown on stderr by what runs SQL", async () => {
    const sql = say("RAISE NOTICE 'a' USING HINT = 'h';");
    const plain = await run(["db", "query", `${sql}; SELECT 7 AS n`]);
    assertEquals([plain.code, plain.stderr], [0, "NOTICE:  a\nHINT:  h\n"]);
    assertStringIncludes(plain.stdout, "7");
    const asJson = await run(["db", "query", sql, "--json"]);
    assertEquals(JSON.parse(asJson.stderr), {
      notice: { severity: "NOTICE", message: "a", hint: "h" },
    });
    assertEquals(JSON.parse(asJson.stdout).notices, undefined);

    await Deno.mkdir(`${cwd}/migrations`);
    await Deno.writeTextFile(`${cwd}/migrations/1_said.sql`, `${sql};`);
    await Deno.writeTextFile(`${cwd}/said.sql`, `${sql};`);
    for (const args of [["migrations", "up"], ["import", "said.sql"], ["shell"]]) {
      const { code, stderr } = await run(["db", ...args], args[0] === "shell" ? `${sql};\n` : "");
      assertEquals(code, 0, stderr);
      assertMatch(stderr, /^NOTICE: {2}a\nHINT: {2}h$/m, args.join(" "));
    }
  });

  it("stands before the error of what fails", async () => {
    const sql = say("RAISE NOTICE 'before'; RAISE EXCEPTION 'over';");
    const { code, stderr } = await run(["db", "query", sql]);
    assertEquals(code, 1);
    assertMatch(stderr, /^Error: over \(SQLSTATE P0001\)\.?\nNOTICE: {2}before\n/);
  });
});
