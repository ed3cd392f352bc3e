import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { PGLITE, startBackend, type TestBackend } from "../support/backend.ts";

const rawsql = "/api/database/advance/rawsql";
/** Time enough for what shall end, also on a busy machine whose database begins anew. */
const statementTimeout = 6000;

/** A query that has to wait, since a runaway has its turn: it would be answered by now. */
async function queryThatWaits(backend: TestBackend): Promise<{ answer: Promise<unknown> }> {
  while (true) {
    const answer = backend.sql("SELECT n FROM t");
    const late = new Promise((resolve) => setTimeout(resolve, 200, "late"));
    if (await Promise.race([answer, late]) === "late") return { answer };
  }
}

describe("a statement that does not end", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend({ engine: PGLITE, statementTimeout });
    await backend.sql("CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
  });
  afterAll(() => backend.close());

  const endless = {
    "sleeps": "INSERT INTO t VALUES (2); SELECT pg_sleep(3600)",
    "loops": "DO $$ BEGIN INSERT INTO t VALUES (2); LOOP NULL; END LOOP; END $$",
    "recurses":
      "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
  };
  for (const [name, query] of Object.entries(endless)) {
    it(`${name}: is stopped, undone, and disturbs nobody`, async () => {
      const runaway = backend.request("POST", rawsql, { query });
      const waiting = await queryThatWaits(backend);
      const health = backend.request("GET", "/api/health");
      const first = await Promise.race([
        runaway.then(() => "the runaway"),
        health.then(({ status }) => `health ${status}`),
      ]);
      assertEquals(first, "health 200");
      const { status, body } = await runaway;
      assertEquals([status, body.error, body.details.sqlstate], [500, "INTERNAL_ERROR", "57014"]);
      assertEquals(await waiting.answer, [{ n: 1 }]);
    });
  }

  it("commits nothing after its time, however it ends", async () => {
    // Ends by itself within the two seconds that a terminated worker may still run.
    const query = `CREATE TABLE late AS SELECT 1 FROM pg_sleep(${statementTimeout / 1000 + 0.3})`;
    const { body } = await backend.request("POST", rawsql, { query });
    assertEquals(body.details.sqlstate, "57014");
    assertEquals(await backend.sql("SELECT to_regclass('late') AS late"), [{ late: null }]);
  });

  it("cannot put off to the commit what takes longer", async () => {
    // Once a commit has begun, it is waited for: this one would end in that time.
    await backend.sql(
      `CREATE TABLE put_off (n int);
       CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         PERFORM pg_sleep(${statementTimeout / 1000 + 3}); RETURN NULL; END $$;
       CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON put_off
         DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger()`,
    );
    const { body } = await backend.request("POST", rawsql, {
      query: "INSERT INTO put_off VALUES (1)",
    });
    assertEquals(body.details?.sqlstate, "57014");
    assertEquals(await backend.sql("SELECT n FROM put_off"), []);
  });
});

describe("a statement that ends the database", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend({ engine: PGLITE });
    await backend.sql("CREATE TABLE t AS SELECT 1 AS n");
  });
  afterAll(() => backend.close());

  const fatal = {
    "nested too deeply": "SELECT " + "1+".repeat(50_000) + "1",
    "a program": "COPY t TO PROGRAM 'ls'",
  };
  for (const [name, query] of Object.entries(fatal)) {
    it(`${name}: is reported, and the next one runs`, async () => {
      const { status, body } = await backend.request("POST", `${rawsql}/unrestricted`, { query });
      assertEquals([status, body.error], [500, "INTERNAL_ERROR"]);
      assertEquals(await backend.sql("SELECT n FROM t"), [{ n: 1 }]);
    });
  }

  it("a function without end is refused by its depth", async () => {
    await backend.sql(
      "CREATE FUNCTION deep(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN deep(n + 1); END $$",
    );
    const { body } = await backend.request("POST", rawsql, { query: "SELECT deep(1)" });
    assertEquals(body.details.sqlstate, "54001");
  });

  it("COPY FROM STDIN is refused", async () => {
    const { status } = await backend.request("POST", rawsql, { query: "COPY t FROM STDIN" });
    assertEquals(status, 400);
  });
});

describe("a killed server", () => {
  const program = new URL("../support/serve_backend.ts", import.meta.url);

  /** Serves `dataDir` in a process of its own. */
  async function spawn(dataDir: string) {
    const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", ...flags, "--no-check", "--allow-all", program.href, dataDir],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return {
      child,
      ...JSON.parse(new TextDecoder().decode(value)) as { url: string; apiKey: string },
    };
  }

  it("keeps every acknowledged row, and starts again by itself", async () => {
    const dataDir = await Deno.makeTempDir();
    let acknowledged = 0;
    try {
      for (let round = 0; round < 3; round++) {
        const { child, url, apiKey } = await spawn(dataDir);
        const run = async (query: string) => {
          const response = await fetch(`${url}${rawsql}`, {
            method: "POST",
            headers: { authorization: `Bearer ${apiKey}` },
            body: JSON.stringify({ query }),
          });
          const body = await response.json();
          assertEquals(response.status, 200, JSON.stringify(body));
          return body.rows;
        };
        await run("CREATE TABLE IF NOT EXISTS t (n int PRIMARY KEY, filler text)");
        const [{ n }] = await run("SELECT coalesce(max(n), 0) AS n, count(*)::int AS rows FROM t");
        assert(n >= acknowledged, `${acknowledged} were acknowledged, ${n} are there`);
        acknowledged = n;
        const last = n + 10 ** round;
        try {
          for (let next = n + 1;; next++) {
            const insert = run(`INSERT INTO t VALUES (${next}, repeat('x', 2000))`);
            if (next === last) child.kill("SIGKILL");
            await insert;
            acknowledged = next;
          }
        } catch (error) {
          assert(error instanceof TypeError, String(error));
        }
        await child.status;
      }
      const backend = await startBackend({ engine: PGLITE, dataDir });
      const [found] = await backend.sql("SELECT count(*)::int AS rows, max(n) FROM t");
      assertEquals(found?.rows, found?.max);
      assert(found?.max >= acknowledged);
      await backend.close({ keep: true });
    } finally {
      await Deno.remove(dataDir, { recursive: true });
    }
  });
});
