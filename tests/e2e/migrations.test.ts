import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { insforge } from "../support/executable.ts";

let backend: TestBackend;
let folder: string;

const run = (...args: string[]) =>
  insforge(["db", "migrations", ...args], {
    cwd: folder,
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
  });
const write = async (name: string, sql: string) => {
  await Deno.mkdir(`${folder}/migrations`, { recursive: true });
  await Deno.writeTextFile(`${folder}/migrations/${name}`, sql);
};

describe("db migrations", () => {
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    backend = await startBackend();
  });
  afterAll(async () => {
    await backend.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("begins a file, and applies it once it says something", async () => {
    assertStringIncludes((await run("status")).stdout, "There are no migrations in migrations/");
    assertStringIncludes((await run("up")).stdout, "are run by: insforge db import FOLDER");
    const made = JSON.parse((await run("new", "Add posts_table", "--json")).stdout);
    assertMatch(made.path, /migrations.\d{14}_add-posts-table\.sql$/);
    const empty = await run("up");
    assertEquals(empty.code, 1);
    assertStringIncludes(empty.stderr, "has no SQL statement");
    await Deno.remove(made.path);
    // The first of those that are empty is named, however long it takes to read.
    await write("1_long.sql", `-- ${"long".repeat(1_000_000)}`);
    await write("2_short.sql", "");
    assertStringIncludes((await run("up")).stderr, "migrations/1_long.sql has no SQL statement");
    for (const file of ["1_long.sql", "2_short.sql"]) {
      await Deno.remove(`${folder}/migrations/${file}`);
    }
    const shown = (await run("new", "shown")).stdout;
    const [, path] = /^\S+ Made (migrations.\d+_shown\.sql)\. /.exec(shown) ?? [];
    await Deno.remove(`${folder}/${path}`);
  });

  it("applies what is new in numeric order, up to a version", async () => {
    await write("0002_second.sql", "INSERT INTO posts VALUES (2);");
    await write("1_first.sql", "CREATE TABLE posts (id int);\nINSERT INTO posts VALUES (1);");
    await write("10_tenth.sql", "INSERT INTO posts VALUES (10);");
    assertMatch((await run("status")).stdout, /^1 +first +pending/m);
    const some = await run("up", "--to", "02", "--json");
    assertEquals(JSON.parse(some.stdout).applied, [
      { version: "1", name: "first" },
      { version: "2", name: "second" },
    ]);
    assertEquals((await run("up", "--to", "3")).code, 4);
    assertEquals((await run("up")).code, 0);
    assertEquals((await backend.sql("SELECT id FROM posts")).map(({ id }) => id), [1, 2, 10]);
    assertStringIncludes((await run("up")).stdout, "up to date");
    assertMatch((await run("list")).stdout, /^10 +tenth +20/m);
    const { body } = await backend.request("GET", "/api/database/migrations");
    assertEquals(
      body.migrations.find(({ version }: { version: string }) => version === "1")
        .statements,
      ["CREATE TABLE posts (id int);", "INSERT INTO posts VALUES (1);"],
    );
  });

  it("is undone as a whole when it fails, and shows where", async () => {
    await write("20_twentieth.sql", "CREATE TABLE half (a int);\nSELECT nope;");
    await write("19_nineteenth.sql", "SELECT 19;");
    const { code, stderr } = await run("up");
    assertEquals(code, 1);
    assertStringIncludes(stderr, '20_twentieth.sql: column "nope" does not exist (SQLSTATE 42703)');
    assertStringIncludes(stderr, "LINE 2: SELECT nope;\n               ^");
    assertStringIncludes(stderr, "1 migration before it stayed applied.");
    assertEquals(await backend.sql("SELECT to_regclass('half') AS half"), [{ half: null }]);
    await Deno.remove(`${folder}/migrations/20_twentieth.sql`);
  });

  it("refuses files out of order, twice or badly named, before any change", async () => {
    await write("5_late.sql", "SELECT 1");
    const behind = await run("up");
    assertEquals([behind.code, JSON.parse((await run("up", "--json")).stderr).code], [
      1,
      "MIGRATION_BEHIND",
    ]);
    assertMatch((await run("status")).stdout, /^5 +late +behind/m);
    await Deno.rename(`${folder}/migrations/5_late.sql`, `${folder}/migrations/010_again.sql`);
    assertStringIncludes((await run("up")).stderr, "Two migrations have the version 10");
    await Deno.rename(`${folder}/migrations/010_again.sql`, `${folder}/migrations/x.sql`);
    assertStringIncludes((await run("up")).stderr, "migrations/x.sql is not named");
    await Deno.remove(`${folder}/migrations/x.sql`);
    assertEquals((await run("new", "ü")).code, 1);
    assertEquals((await run("up", "--to", "x")).code, 1);
  });

  it("applies the one that is named, all, or nothing that is not next", async () => {
    await write("30_thirty.sql", "SELECT 30;");
    await write("31_more.sql", "SELECT 31;");
    const beyond = await run("up", "31_more.sql");
    assertEquals(beyond.code, 1);
    assertStringIncludes(beyond.stderr, "insforge db migrations up --to 31_more.sql");
    for (const [target, version] of [["migrations/30_thirty.sql", "30"], ["31", "31"]] as const) {
      const { stdout } = await run("up", target, "--json");
      assertEquals(JSON.parse(stdout).applied.map((one: { version: string }) => one.version), [
        version,
      ]);
    }
    assertEquals((await run("up", "--all")).code, 0);
    assertStringIncludes((await run("up", "--all", "--to", "31")).stderr, "Give one of");
    assertEquals((await run("up", "99_none.sql")).code, 4);
    assertEquals((await run("up", "nonsense")).code, 1);
  });

  it("writes the files of what was applied elsewhere, and changes none that are there", async () => {
    await Deno.remove(`${folder}/migrations/30_thirty.sql`);
    await Deno.writeTextFile(`${folder}/migrations/1_first.sql`, "-- mine");
    const { created, skipped } = JSON.parse((await run("fetch", "--json")).stdout);
    assertEquals([created, skipped > 0], [["30_thirty.sql"], true]);
    assertEquals(await Deno.readTextFile(`${folder}/migrations/30_thirty.sql`), "SELECT 30;\n");
    assertEquals(await Deno.readTextFile(`${folder}/migrations/1_first.sql`), "-- mine");
    assertStringIncludes((await run("fetch")).stdout, "Nothing to fetch");
    assertStringIncludes((await run("up")).stdout, "up to date");
  });

  it("become files below migrations/ whatever a backend calls them", async () => {
    const hostile = { version: "7", name: "../../x", statements: ["SELECT 1;"] };
    await using server = stubServer(() => Response.json({ migrations: [hostile] }));
    const { code, stdout } = await insforge(["db", "migrations", "fetch"], {
      cwd: folder,
      env: linkedTo(server),
    });
    assertEquals([code, stdout.includes("migrations/7_x.sql")], [0, true]);
    assertEquals(await Deno.readTextFile(`${folder}/migrations/7_x.sql`), "SELECT 1;\n");
    await Deno.remove(`${folder}/migrations/7_x.sql`);
  });

  it("the backend tries SQL out, and says what would be lost", async () => {
    const path = "/api/database/migrations/dry-run";
    const { status, body } = await backend.request("POST", path, { sql: "DROP TABLE posts" });
    assertEquals([status, body.valid, body.riskLevel, body.riskFactors[0].code], [
      200,
      true,
      "DANGER",
      "DESTRUCTIVE_DATA_LOSS",
    ]);
    assertEquals((await backend.sql("SELECT count(*) AS n FROM posts"))[0]!.n, "3");
    const broken = await backend.request("POST", path, { sql: "SELEC" });
    assertEquals([broken.status, broken.body.valid], [200, false]);
    assertEquals((await backend.request("POST", path, { sql: "SELECT nope" })).body.valid, false);
  });

  it("the backend refuses versions that are not newer", async () => {
    const body = { version: "10", name: "again", sql: "SELECT 1" };
    const { status, body: error } = await backend.request("POST", "/api/database/migrations", body);
    assertEquals([status, error.error], [409, "DATABASE_MIGRATION_ALREADY_EXISTS"]);
  });
});
