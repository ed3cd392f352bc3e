import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import pg from "pg";
import postgres from "postgres";
import { PGLITE, startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import { postgresAt, startPostgres } from "../support/postgres.ts";
import { openTestDatabase } from "../support/database.ts";
import { withFolder } from "../support/temporary.ts";
import { databasePassword } from "../../src/server/database/wire/address.ts";
import { password, query, startup } from "../../src/server/database/wire/questions.ts";
import { listenForClients } from "../../src/server/database/wire/listen.ts";
import type { PgliteEngine } from "../../src/server/database/pglite_engine.ts";
import type { Keys } from "../../src/server/keys/keys.ts";
import { LogFile, Logger } from "../../src/server/logs/log_file.ts";

describe("the wire protocol", () => {
  let backend: TestBackend;
  let url: string;
  const at = (user: string, password: string) =>
    `postgres://${user}:${password}@127.0.0.1:${backend.postgresPort}/postgres`;

  const waiting = () => backend.database.engine.activity().waiting;

  beforeAll(async () => {
    backend = await startBackend({ engine: PGLITE, postgresPorts: [0] });
    const path = "/api/metadata/database-password";
    url = at("postgres", (await backend.request("GET", path)).body.databasePassword);
    await backend.sql("CREATE TABLE words (id int PRIMARY KEY, word text)");
  });
  afterAll(() => backend.close());

  it("refuses a wrong password", async () => {
    const client = new pg.Client({ connectionString: at("postgres", "wrong") });
    const error = await assertRejects(() => client.connect(), Error);
    assertMatch(error.message, /password authentication failed/);
  });

  it("has one database, which no other name leads to", async () => {
    const other = new pg.Client({ connectionString: url.replace(/postgres$/, "shadow") });
    const error = await assertRejects(() => other.connect(), Error);
    assertMatch(error.message, /database "shadow" does not exist/);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const refused = await assertRejects(() => client.query("CREATE DATABASE shadow"), Error);
    assertMatch(refused.message, /one database/);
    assertMatch((refused as Error & { hint: string }).hint, /--engine postgres/);
    await client.end();
  });

  it("holds no more of who is not let in than PostgreSQL does", async () => {
    const start = (length: number, code = 3 << 16) => {
      const message = new Uint8Array(8);
      const view = new DataView(message.buffer);
      view.setUint32(0, length);
      view.setUint32(4, code);
      return message;
    };
    /** What it answers last to these messages, whose ends do not come. */
    const answerTo = async (...messages: Uint8Array<ArrayBuffer>[]) => {
      using socket = await Deno.connect({ port: backend.postgresPort! });
      let answer = "";
      for (const message of messages) {
        await socket.write(message);
        const part = new Uint8Array(1000);
        answer = new TextDecoder().decode(part.subarray(0, await socket.read(part) ?? 0));
      }
      return answer;
    };
    assertMatch(await answerTo(start(0x3fffffff)), /^E.*08P01.*a message of 1073741823 bytes/s);
    const cancel = await answerTo(start(8, 80877102));
    assertMatch(cancel, /^E.*08P01.*a request to cancel of 8 bytes/s);
    const password = new Uint8Array(["p".charCodeAt(0), 0x3f, 0xff, 0xff, 0xff]);
    assertMatch(await answerTo(start(8), password), /^E.*08P01.*a message of 1073741823 bytes/s);
  });

  it("serves the client pg: pools, prepared statements, transactions, errors", async () => {
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    const next = (n: number) =>
      pool.query({ name: "next", text: "SELECT $1::int + 1 AS n", values: [n] })
        .then(({ rows }: { rows: { n: number }[] }) => rows[0]!.n);
    for (let round = 0; round < 2; round++) {
      assertEquals(await Promise.all([1, 2, 3, 4, 5, 6].map(next)), [2, 3, 4, 5, 6, 7]);
    }
    const client = await pool.connect();
    await client.query("BEGIN");
    await client.query("INSERT INTO words VALUES (1, 'undone')");
    await client.query("ROLLBACK");
    client.release();
    assertEquals((await pool.query("SELECT * FROM words")).rows, []);
    const error = await assertRejects(() => pool.query("SELECT * FROM nothing"), Error);
    assertEquals((error as Error & { code: string }).code, "42P01");
    await pool.end();
  });

  it("hides constraints of kinds that clients of PostgreSQL 15, such as Prisma, do not know", async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const text =
      "SELECT DISTINCT contype FROM pg_constraint WHERE contype NOT IN ('u') AND conrelid = ";
    const key = [{ contype: "p" }];
    assertEquals((await client.query(`${text} 'words'::regclass`)).rows, key);
    assertEquals((await client.query(`${text} $1::regclass`, ["words"])).rows, key);
    await client.query("INSERT INTO words VALUES (100, $1)", [text]);
    assertEquals((await client.query("DELETE FROM words WHERE id = 100 RETURNING word")).rows, [
      { word: text },
    ]);
    await client.end();
  });

  it("serves the client postgres, and keeps its settings between the turns of others", async () => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    await sql`SET search_path TO auth`;
    assertEquals((await backend.sql("SHOW search_path"))[0]!.search_path, '"$user", public');
    const [setting] = await sql`SHOW search_path`;
    assertEquals(setting!.search_path, "auth");
    await sql.begin(async (transaction) => {
      await transaction`INSERT INTO public.words VALUES (2, ${"kept"})`;
    });
    assertEquals([...await sql`SELECT id, word FROM public.words`], [{ id: 2, word: "kept" }]);
    // Closing the stream, it says that the copy failed, when it is over.
    const rows = await sql`COPY public.words FROM STDIN`.simple().writable();
    rows.end("5\tcopied\n");
    await new Promise((resolve) => rows.on("close", resolve));
    const started = performance.now();
    assertEquals((await backend.sql("SELECT count(*)::int AS n FROM words"))[0]!.n, 2);
    assert(performance.now() - started < 30_000);
    await sql.end();
  });

  it("keeps of a session what stays, and says nothing twice that does more", async () => {
    const notices: string[] = [];
    const client = new pg.Client({ connectionString: url });
    client.on("notice", ({ message }: { message: string }) => notices.push(message));
    await client.connect();
    const one = async (sql: string) => Object.values((await client.query(sql)).rows[0])[0];
    await client.query("SET work_mem = '7MB'; INSERT INTO words VALUES (70, 'once')");
    assertEquals(await one("SELECT count(*)::int FROM words WHERE id = 70"), 1);
    await client.query("DELETE FROM words WHERE id = 70");
    await assertRejects(() => client.query("SET no_such_setting = 1"));
    await client.query("BEGIN; SET work_mem = '9MB'; ROLLBACK");
    assertEquals(await one("SHOW work_mem"), "7MB");
    await client.query("SELECT set_config('app.who', 'it''s me', false)");
    assertEquals(await one("SELECT current_setting('app.who')"), "it's me");
    await client.query("RESET work_mem");
    assertEquals(await one("SHOW work_mem"), "4MB");
    await client.query("PREPARE answer AS SELECT 1");
    await client.query("DEALLOCATE answer");
    await client.query("PREPARE answer AS SELECT 2");
    assertEquals(await one("EXECUTE answer"), 2);
    await client.query("DISCARD ALL");
    await assertRejects(() => client.query("EXECUTE answer"), Error, "does not exist");
    assertEquals(notices, []);
    await client.query("CREATE TEMP TABLE soon_gone (id int)");
    assertMatch(notices.join(), /^this lasts to the end of the transaction here/);
    await client.end();
  });

  it("gives a session the settings that its client starts with", async () => {
    const options = "-c search_path=auth,public --statement-timeout=5s";
    const client = new pg.Client({ connectionString: url, options });
    await client.connect();
    await backend.sql("SELECT 1");
    const { rows } = await client.query(
      "SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS ms",
    );
    assertEquals(rows, [{ path: "auth,public", ms: "5s" }]);
    await client.end();
    const wrong = new pg.Client({ connectionString: url, options: "-c no_such_setting=1" });
    wrong.on("error", () => {});
    const error = await assertRejects(() => wrong.connect(), Error);
    assertMatch(error.message, /unrecognized configuration parameter "no_such_setting"/);
  });

  it("ends a statement that its client cancels", async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    let code: string | undefined;
    const sleeping = client.query("SELECT pg_sleep(60)").catch((error: { code: string }) => {
      code = error.code;
    });
    const request = new DataView(new ArrayBuffer(16));
    // deno-lint-ignore no-explicit-any
    const { processID, secretKey } = client as any;
    [16, 80877102, processID, secretKey].forEach((n, at) => request.setInt32(at * 4, n));
    await eventually(async () => {
      using other = await Deno.connect({ port: backend.postgresPort! });
      await other.write(new Uint8Array(request.buffer));
      await other.read(new Uint8Array(1));
      return code !== undefined;
    });
    await sleeping;
    assertEquals(code, "57014");
    assertEquals((await client.query("SELECT 1 AS n")).rows, [{ n: 1 }]);
    await client.end();
  });

  it("ends the statement of a client that goes away", async () => {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    await client.connect();
    await client.query("BEGIN");
    client.query("SELECT pg_sleep(60)").catch(() => {});
    // deno-lint-ignore no-explicit-any
    (client as any).connection.stream.destroy();
    assertEquals(await backend.sql("SELECT 1 AS n"), [{ n: 1 }]);
  });

  it("drops a statement whose client goes away before its turn", async () => {
    const clients = await Promise.all([1, 2].map(async () => {
      const client = new pg.Client({ connectionString: url });
      client.on("error", () => {});
      await client.connect();
      return client;
    }));
    const [holder, waiter] = clients;
    await holder!.query("BEGIN");
    const waits = new Promise((resolve) => waiter!.on("notice", resolve));
    waiter!.query("INSERT INTO words VALUES (4, 'unwanted')").catch(() => {});
    await waits;
    // The server waits as well, to hear channels no more, but does not leave the queue.
    let most = waiting();
    // deno-lint-ignore no-explicit-any
    (waiter as any).connection.stream.destroy();
    await eventually(() => {
      most = Math.max(most, waiting());
      return Promise.resolve(waiting() < most);
    });
    await holder!.end();
    assertEquals(await backend.sql("SELECT * FROM words WHERE id = 4"), []);
  });

  it("keeps nobody waiting for a client that does not read what it asked for", async () => {
    using client = await connectPlainly(backend.postgresPort!, new URL(url).password);
    await client.ask(MANY_ROWS);
    assertEquals(await backend.sql("SELECT 1 AS n"), [{ n: 1 }]);
    assertMatch(await client.answer(), /SELECT 20000\0Z/);
  });

  it("tells a client that waits for its turn what it waits for", async () => {
    const [holder, waiter] = await Promise.all([1, 2].map(async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }));
    const told = Promise.withResolvers<string>();
    waiter!.on("notice", ({ message }: { message?: string }) => told.resolve(message!));
    await holder!.query("BEGIN /* held */");
    const answer = waiter!.query("SELECT 1 AS n");
    assertMatch(
      await told.promise,
      /waits for another statement \(BEGIN ?\) that has run for \d+ s/,
    );
    await holder!.query("COMMIT");
    assertEquals((await answer).rows, [{ n: 1 }]);
    await Promise.all([holder!.end(), waiter!.end()]);
  });

  it("brings notifications to the clients that listen, whoever sends them", async () => {
    const listener = new pg.Client({ connectionString: url });
    const heard: string[] = [];
    listener.on(
      "notification",
      ({ channel, payload }: { channel: string; payload?: string }) =>
        heard.push(`${channel}: ${payload}`),
    );
    await listener.connect();
    for (const sql of ["LISTEN news", "BEGIN", "LISTEN undone", "ROLLBACK"]) {
      await listener.query(sql);
    }
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    const other: string[] = [];
    const { unlisten } = await sql.listen("Other", (payload) => other.push(payload));
    await sql.notify("undone", "unheard");
    await sql.notify("news", "from postgres");
    await sql.notify("Other", "to itself");
    await backend.sql("NOTIFY news, 'from HTTP'");
    await listener.query("NOTIFY \"Other\", 'from pg'");
    const expected = ["news: from postgres", "news: from HTTP"];
    await eventually(() => Promise.resolve(heard.length === 2 && other.length === 2));
    assertEquals([heard, other], [expected, ["to itself", "from pg"]]);
    await unlisten();
    await listener.query("UNLISTEN news");
    await sql.notify("news", "unheard");
    await sql.notify("Other", "unheard");
    assertEquals((await listener.query("SELECT 1 AS n")).rows, [{ n: 1 }]);
    assertEquals([heard.length, other.length], [2, 2]);
    await listener.end();
    await sql.end();
  });

  it("has no address to tell while clients are not answered", async () => {
    const other = await startBackend({ engine: PGLITE });
    const path = "/api/metadata/database-connection-string";
    assertEquals((await other.request("GET", path)).status, 404);
    await other.close();
    const { body } = await backend.request("GET", path);
    assertEquals(body.parameters.port, backend.postgresPort);
    assertEquals(body.connectionURL.includes(backend.apiKey), false);
    const { searchParams } = new URL(body.connectionURL);
    assertEquals([...searchParams], [], "an app takes sslmode, whatever it says, for TLS");
  });

  it("takes back what a client leaves open", async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("BEGIN");
    await client.query("INSERT INTO words VALUES (3, 'open')");
    await client.end();
    assertEquals(await backend.sql("SELECT * FROM words WHERE id = 3"), []);
  });

  it({
    name: "serves psql, with rows to and from its files",
    ignore: !postgresAt(),
    fn: async () => {
      const psql = async (script: string) => {
        const child = new Deno.Command(`${postgresAt()}/psql`, {
          args: ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url],
          stdin: "piped",
          stdout: "piped",
          stderr: "piped",
        }).spawn();
        const writer = child.stdin.getWriter();
        await writer.write(new TextEncoder().encode(script));
        await writer.close();
        const { stdout, stderr } = await child.output();
        return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      };
      const rows = Array.from({ length: 20_000 }, (_, n) => `${n + 100}\tword ${n}`).join("\n");
      const answer = await psql(
        `\\copy words from stdin\n${rows}\n\\.\nSELECT count(*) FROM words WHERE id >= 100;\n` +
          "\\copy (SELECT word FROM words WHERE id = 150) to stdout\n",
      );
      assertEquals(answer, "20000\nword 50\n");
      assertMatch(await psql("\\copy nothing from stdin\n1\n\\.\n"), /"nothing" does not exist/);
      assertMatch(await psql("\\copy words from stdin\nx\ty\n\\.\n"), /invalid input syntax/);
      // Asks for a column that PostgreSQL 17 has renamed.
      assertMatch(await psql("\\l\n"), /^postgres\|postgres\|UTF8/);
      assertEquals(await psql("SELECT 'copy words from stdin'"), "copy words from stdin\n");
      assertEquals(
        await psql("SELECT 1 AS one, 'x' AS text \\gdesc\n"),
        "one|integer\ntext|text\n",
      );
    },
  });

  it({
    name: "is dumped by pg_dump 15, into what PostgreSQL 15 takes",
    ignore: !postgresAt(),
    fn: async () => {
      await backend.sql(
        `CREATE SCHEMA shop;
         CREATE TABLE shop.items (id serial PRIMARY KEY, name text NOT NULL, at timestamptz,
           size numeric CHECK (size > 0), tags text[], raw bytea, twice numeric GENERATED ALWAYS AS
           (size * 2) STORED);
         CREATE INDEX ON shop.items (name) WHERE size > 1;
         CREATE VIEW shop.large AS SELECT * FROM shop.items WHERE size > 10;
         INSERT INTO shop.items (name, at, size, tags, raw)
           SELECT 'item ' || n, '2026-01-01Z', n, ARRAY['a, b', NULL], '\\x00ff'
           FROM generate_series(1, 50) n`,
        { unrestricted: true },
      );
      const dump = await new Deno.Command(`${postgresAt()}/pg_dump`, {
        args: ["--no-owner", "--no-privileges", "--schema=shop", url],
      }).output();
      assertEquals(new TextDecoder().decode(dump.stderr), "");
      assertEquals(
        (await new Deno.Command(`${postgresAt()}/pg_dump`, { args: ["-Fc", url] })
          .output()).code,
        0,
      );
      await using server = await startPostgres();
      const file = await Deno.makeTempFile();
      await Deno.chmod(file, 0o644);
      await Deno.writeFile(file, dump.stdout);
      await server.psql(["-f", file]);
      await Deno.remove(file);
      const rows =
        "SELECT md5(string_agg(t::text, '|' ORDER BY id)) AS sum, count(*) FROM shop.items t";
      const [expected] = await backend.sql(rows, { unrestricted: true });
      assertEquals(
        (await server.psql(["-A", "-t", "-c", rows])).trim(),
        `${expected!.sum}|${expected!.count}`,
      );
    },
  });
});

/** More than systems keep of what a client does not read. */
const MANY_ROWS = "SELECT repeat('x', 1000) FROM generate_series(1, 20000)";

/** A client that reads when it is told to. */
async function connectPlainly(port: number, secret: string) {
  const socket = await Deno.connect({ port });
  const reader = socket.readable.getReader();
  const client = {
    async ask(sql: string) {
      await socket.write(query(sql));
    },
    /** The end of what it is told, up to where the server waits for it, or has gone. */
    async answer() {
      let end = "";
      while (!end.slice(0, -1).endsWith("Z\0\0\0\x05")) {
        const { value, done } = await reader.read();
        if (done) break;
        end = (end + new TextDecoder("latin1").decode(value)).slice(-200);
      }
      return end;
    },
    [Symbol.dispose]() {
      try {
        socket.close();
      } catch {
        // The server has.
      }
    },
  };
  await socket.write(startup({ user: "postgres" }));
  await reader.read();
  await socket.write(password(secret));
  await client.answer();
  return client;
}

describe("a transaction whose client neither reads nor says anything", () => {
  it("ends after a while, and others go on", async () => {
    await withFolder(async (folder) => {
      const database = openTestDatabase(folder);
      const engine = database.engine as PgliteEngine;
      const keys = { apiKey: "ik_test" } as Keys;
      const logger = new Logger(new LogFile(`${folder}/log`), () => new Date());
      const server = listenForClients({ database, keys, logger }, engine, [0], 300);
      const secret = await databasePassword({ keys, database });
      using client = await connectPlainly(server.port, secret);
      await client.ask("BEGIN; CREATE TABLE undone ()");
      await client.answer();
      await client.ask(MANY_ROWS);
      const { rows } = await database.query("SELECT to_regclass('undone') AS name");
      assertEquals(rows, [{ name: null }]);
      assertMatch(await client.answer(), /FATAL.*idle-in-transaction timeout/);
      await server.close();
      await database.close();
    });
  });
});
