import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { insforge } from "../support/executable.ts";
import { openPty } from "../support/pty.ts";
import { withFolder } from "../support/temporary.ts";

let backend: TestBackend;

const environment = () => ({
  INSFORGE_BASE_URL: backend.url,
  INSFORGE_API_KEY: backend.apiKey,
  NO_COLOR: "1",
});
const script = (sql: string, ...args: string[]) =>
  insforge(["db", "shell", ...args], { env: environment(), stdin: sql });

describe("db shell", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql("CREATE TABLE posts (id int PRIMARY KEY, title text DEFAULT 'none')");
    await backend.sql("INSERT INTO posts VALUES (1, 'first'), (2, 'second')");
  });
  afterAll(() => backend.close());

  it("runs statements over several lines, and its own commands", async () => {
    await withFolder(async (home) => {
      const pty = openPty(["db", "shell"], { env: { ...environment(), HOME: home } });
      await pty.expect("sql> ");
      await pty.type("SELECT title FROM posts\r");
      await pty.expect("...> ");
      await pty.type("WHERE id = 2;\r");
      await pty.expect(/second\s+\(1 row\)/);
      await pty.type("\\d posts\r");
      await pty.expect(/Table public\.posts[^]*title +text +yes +'none'::text[^]*posts_pkey/);
      await pty.type("\\timing\r");
      await pty.expect("Timing is on.");
      await pty.type("\\x\r");
      await pty.expect("Expanded display is on.");
      await pty.type("SELECT 1 AS one, NULL AS nothing;\r");
      await pty.expect(/Row 1\s+one +1\s+nothing +NULL\s+\(1 row\)\s+Time: [\d.]+ ms/);
      await pty.type("SELECT nope;\r");
      await pty.expect(/column "nope" does not exist \(SQLSTATE 42703\)[^]*\^/);
      await pty.type("\\nope\r");
      await pty.expect("There is no command \\nope.");
      await pty.expect("sql> ");
      await pty.type("\\q\r");
      assertEquals(await pty.end(), 0);
    });
  });

  it("forgets a statement on Ctrl-C, ends on Ctrl-D, completes on Tab, and keeps a history", async () => {
    await withFolder(async (home) => {
      const env = { ...environment(), HOME: home };
      const first = openPty(["db", "shell"], { env });
      await first.expect("sql> ");
      await first.type("SELECT (\r");
      await first.expect("...> ");
      await first.type("\x03");
      await first.expect("sql> ");
      await first.type("SELECT 40 + 2 AS answer;\r");
      await first.expect(/answer\s+─+\s+42/);
      await first.expect("sql> ");
      await first.type(" SELECT 'a secret';\r");
      await first.expect("sql> ");
      await first.type("SELECT count(*) FROM pos");
      await first.expect("FROM pos");
      await first.type("\t");
      await first.expect("ts");
      await first.type(";\r");
      await first.expect(/count\s+─+\s+2/);
      await first.expect("sql> ");
      await first.type("\x04");
      assertEquals(await first.end(), 0);

      const path = `${home}/.insforge/sql_history`;
      const kept = await Deno.readTextFile(path);
      assert(!kept.includes("secret"));
      if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
      const second = openPty(["db", "shell"], { env });
      await second.expect("sql> ");
      await second.type("\x1b[A\x1b[A\r");
      await second.expect(/answer\s+─+\s+42/);
      await second.type("\x04");
      assertEquals(await second.end(), 0);
    });
  });

  it("cancels a statement on Ctrl-C, and shows before that it runs", async () => {
    await withFolder(async (home) => {
      const pty = openPty(["db", "shell"], { env: { ...environment(), HOME: home } });
      await pty.expect("sql> ");
      await pty.type("SELECT count(*) FROM generate_series(1, 20000000);\r");
      await pty.expect(/Running/);
      await pty.type("\x03");
      await pty.expect("Cancelled.");
      await pty.type("\\q\r");
      assertEquals(await pty.end(), 0);
    });
  });

  it("ends and helps by the words of psql, also where a statement was begun", async () => {
    await withFolder(async (home) => {
      const open = () => openPty(["db", "shell"], { env: { ...environment(), HOME: home } });
      for (const word of ["exit", "QUIT;", "\\q"]) {
        const pty = open();
        await pty.expect("sql> ");
        await pty.type(`${word}\r`);
        assertEquals(await pty.end(), 0, word);
      }
      const pty = open();
      await pty.expect("sql> ");
      await pty.type("help\r");
      await pty.expect("End the shell");
      await pty.type("SELECT 1 AS\r");
      await pty.expect("...> ");
      await pty.type("exit\r");
      await pty.expect("A statement was begun: \\r or Ctrl-C forgets it, \\q ends the shell.");
      await pty.type("\\timing\r");
      await pty.expect("Timing is on.");
      await pty.expect("...> ");
      await pty.type(";\r");
      await pty.expect(/exit\s+─+\s+1/);
      await pty.type("SELECT '\r");
      await pty.expect("...> ");
      await pty.type("\\q\r");
      await pty.expect("...> ");
      await pty.type("' AS kept;\r");
      await pty.expect("\\q");
      await pty.type("SELECT (\r");
      await pty.expect("...> ");
      await pty.type("\\q\r");
      assertEquals(await pty.end(), 0);
    });
  });

  it("runs a script from a pipe, and tells the line of what failed", async () => {
    const sql = "SELECT 1 AS a;\n\nSELECT\n  nope;\nSELECT 2 AS b";
    const all = await script(sql);
    assertEquals([all.code, all.stdout.includes("b\n─\n2")], [1, true]);
    assertStringIncludes(all.stderr, 'Line 3: column "nope" does not exist');
    assertStringIncludes(all.stderr, "1 of 3 statements failed.");
    const stopped = await script(sql, "--stop-on-error");
    assertEquals([stopped.code, stopped.stdout.includes("b\n─\n2")], [1, false]);
    assertEquals((await script("SELECT 1;")).code, 0);
  });

  it("takes its own commands from a pipe too", async () => {
    const text = "\\d posts\n\\x on\nSELECT 1 AS a;\n\\nope\nexit\nSELECT 2 AS b;\n";
    const { code, stdout, stderr } = await script(text);
    assertEquals(code, 1);
    assertMatch(stdout, /Table public\.posts[^]*Expanded display is on\.[^]*a +1\b/);
    assertEquals(/^b +2$/m.test(stdout), false);
    assertMatch(stderr, /^Error: Line 4: There is no command \\nope\.\nSee them with \\\?\n/);
    const asJson = await script("\\dt\n\\d posts\n\\d none\n", "--json");
    const [tables, posts, none] = JSON.parse(asJson.stdout);
    assertEquals(tables, {
      line: 1,
      command: "\\dt",
      rows: [{ Schema: "public", Name: "posts", Kind: "table" }],
    });
    assertEquals([posts.line, posts.table.name], [2, "public.posts"]);
    assertMatch(none.error, /There is no table or view none/);
  });

  it("answers one JSON document under --json", async () => {
    const { code, stdout, stderr } = await script(
      "SELECT 9007199254740993::int8 AS n; SELEC",
      "--json",
    );
    const [first, second] = JSON.parse(stdout);
    assertEquals(first, { line: 1, rows: [{ n: "9007199254740993" }], rowCount: 1 });
    assertStringIncludes(second.error, "syntax error");
    assertEquals([code, JSON.parse(stderr).code], [1, "SCRIPT_FAILED"]);
    assertEquals((await script("", "--json")).stdout, "[]\n");
  });
});
