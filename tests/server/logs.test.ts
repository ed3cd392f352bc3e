import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { LogFile } from "../../src/server/logs/log_file.ts";
import { newestFirst } from "../../src/server/logs/read_log.ts";
import { readBackwards } from "../../src/server/logs/read_backwards.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { withFolder } from "../support/temporary.ts";

let backend: TestBackend;

const read = (path: string) => backend.request("GET", `/api/logs/${path}`);
const messages = async (source: string): Promise<string[]> =>
  (await read(source)).body.logs.map(({ eventMessage }: { eventMessage: string }) => eventMessage);

it("a line of a log that was cut, as by a full disk, takes no other with it", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/logs/one.jsonl`;
    const log = new LogFile(path);
    const append = (id: string) => log.append({ id, metadata: {} });
    append("lost");
    await log.flush();
    await Deno.mkdir(`${folder}/logs`);
    await Deno.writeTextFile(path, '{"id":"hal');
    for (const id of ["a", "b"]) append(id);
    await log.flush();
    append("c");
    await log.flush();
    const found = (await Array.fromAsync(newestFirst(path))).map(({ body }) => body.id);
    assertEquals(found, ["c", "b", "a"]);
  });
});

describe("the logs of the backend", () => {
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("tell requests, as an access log does, and not those for logs", async () => {
    await backend.request("GET", "/api/database/tables?secret=1");
    await backend.request("GET", "/api/nope");
    const lines = await messages("insforge.logs");
    assertMatch(lines.at(-2)!, /^GET \/api\/database\/tables 200 \d+ \d+ms - \S+ - /);
    assertMatch(lines.at(-1)!, /^GET \/api\/nope 404 /);
    assertEquals((await messages("insforge.logs")).length, lines.length);
    assert(!lines.join("").includes("secret"));
  });

  it("tell failed and slow SQL without the values in it", async () => {
    const query = (query: string) =>
      backend.request("POST", "/api/database/advance/rawsql", { query });
    await query("SELECT nope FROM pg_class WHERE relname = 'pass''word'");
    await query("SELEC 1");
    await query("CREATE TABLE keys (k text PRIMARY KEY); INSERT INTO keys VALUES ('hidden')");
    await query("INSERT INTO keys VALUES ('hidden')");
    await query("SELECT count(*) FROM generate_series(1, 3000000)");
    const all = (await read("postgres.logs")).body.logs;
    // On a busy machine the backend's own statements may be slow as well.
    const logs = all.filter(({ body }: { body: { level: string } }) => body.level === "error");
    const text = JSON.stringify(all);
    assert(!/pass|word'|hidden/.test(text), text);
    assertEquals(logs[0].body.metadata.statement, "SELECT nope FROM pg_class WHERE relname = '…'");
    assertEquals(logs[0].eventMessage, 'error - column "nope" does not exist');
    assertMatch(logs[1].eventMessage, /syntax error/);
    assertEquals(logs[2].body.metadata.sqlstate, "23505");
    assertMatch(all.at(-1).eventMessage, /^warn - slow statement: \d+ms$/);
  });

  it("hold no value of a statement, however it is written, nor of an error", async () => {
    const failing = [
      "SELECT nope, E'it\\'s private', 1",
      "SELECT nope, 'a''private' || $x$private 'x$x$ || $$private$$",
      "SELECT nope, U&'private', n'private', /* private' */ 42701, -- private'\n 'private'",
      "SELECT \"it's\", 'private'",
      "SELECT nope, 'private",
      "SELECT 'private'::int",
      "SELECT 'private'::jsonb",
      "INSERT INTO people VALUES (1, 'private')",
      "INSERT INTO people VALUES (4, 'private')",
      "DO 'BEGIN RAISE EXCEPTION ''bad address \"%\"'', ''private''; END'",
      "SELECT 'a' 'private'",
    ];
    await backend.sql("CREATE TABLE people (id int PRIMARY KEY CHECK (id < 3), name text)");
    await backend.sql("INSERT INTO people VALUES (1, 'a')");
    const before = (await read("postgres.logs?limit=1000")).body.logs.length;
    for (const query of failing) {
      await backend.request("POST", "/api/database/advance/rawsql", { query });
    }
    const filter = "/api/database/records/people?id=eq.private";
    assertEquals((await backend.request("GET", filter)).status, 400);
    assert(!(await messages("postgREST.logs")).join("").includes("private"));
    const { logs } = (await read("postgres.logs?limit=1000")).body;
    // On a busy machine any statement may be told as slow.
    const told = logs.slice(before)
      .filter(({ body }: { body: { level: string } }) => body.level === "error");
    assertEquals(told.length, failing.length + 1);
    const text = JSON.stringify(logs.slice(before));
    assert(!/private|42701/.test(text), text);
    assertStringIncludes(text, 'invalid input syntax for type integer: \\"…\\"');
    assertStringIncludes(text, 'check constraint \\"people_id_check\\"');
    assertStringIncludes(text, '"key":"(id)"');
  });

  it("tell calls of the data API and deployments of functions", async () => {
    await backend.request("GET", "/api/database/rpc/nope", undefined, { key: backend.anonKey });
    assertMatch(
      (await messages("postgREST.logs")).at(-1)!,
      /GET \/api\/database\/rpc\/nope 404 \d+ms/,
    );
    assertEquals((await read("functions/build-logs")).status, 404);
    const code = "export default () => new Response('x')";
    await backend.request("POST", "/api/functions", { slug: "hello", name: "Hello", code });
    const { body } = await read("functions/build-logs");
    assertEquals([body.status, body.logs], ["success", [{
      level: "info",
      message: "Deployed hello",
    }]]);
    const broken = { slug: "broken", name: "Broken", code: "export default (" };
    assertEquals((await backend.request("POST", "/api/functions", broken)).status, 400);
    assertEquals((await read("functions/build-logs")).body.status, "failed");
  });

  it("page backwards, and are searched and counted", async () => {
    for (let n = 0; n < 5; n++) await backend.request("GET", `/api/page-${n}`);
    const { body } = await read("insforge.logs?limit=2");
    assertEquals(body.total, 2);
    assertMatch(body.logs[1].eventMessage, /page-4/);
    const before = encodeURIComponent(body.logs[0].timestamp);
    const older = (await read(`insforge.logs?limit=1&before_timestamp=${before}`)).body.logs;
    assert(older[0].timestamp < body.logs[0].timestamp);
    const found = await read("search?q=PAGE-3&limit=1");
    assertMatch(found.body[0].eventMessage, /page-3/);
    assertEquals(found.body[0].source, "insforge.logs");
    assertEquals((await read("search")).status, 400);
    const stats = (await read("stats")).body;
    assertEquals(stats.length, 4);
    assert(stats[0].count > 5);
    assertEquals((await read("sources")).body[2], {
      id: "3",
      name: "postgREST.logs",
      token: "postgrest.logs.jsonl",
    });
    assertEquals((await read("nope.logs")).body, { logs: [], total: 0 });
  });

  it("are read from the end, whatever the length of their lines", async () => {
    await withFolder(async (folder) => {
      const lines = Array.from({ length: 40 }, (_, n) => `${n} ${"ü".repeat(n * 1777)}`);
      const path = `${folder}/log`;
      await Deno.writeTextFile(path, lines.join("\n") + "\n");
      assertEquals((await Array.fromAsync(readBackwards(path))).reverse(), lines);
      await Deno.writeTextFile(path, "no line feed");
      assertEquals(await Array.fromAsync(readBackwards(path)), ["no line feed"]);
      assertEquals(await Array.fromAsync(readBackwards(`${folder}/none`)), []);
    });
  });
});
