import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";

let cwd: string;

const run = (...args: string[]) => insforge(args, { cwd });

async function json(...args: string[]) {
  const result = await run(...args, "--json");
  assertEquals(result.code, 0, result.stderr);
  return JSON.parse(result.stdout);
}

const migrations = async () =>
  (await Array.fromAsync(Deno.readDir(`${cwd}/migrations`))).map(({ name }) => name).sort();

describe("db diff", () => {
  beforeAll(async () => {
    cwd = await Deno.realPath(await Deno.makeTempDir({ prefix: "insforge-test-" }));
    await Deno.mkdir(`${cwd}/migrations`);
    const migration = "CREATE TABLE posts (id serial PRIMARY KEY, title text, old int);";
    await Deno.writeTextFile(`${cwd}/migrations/1_posts.sql`, migration);
    await json("local", "start", "--no-postgres");
    await json("db", "migrations", "up");
  });
  afterAll(async () => {
    await run("local", "stop");
    await Deno.remove(cwd, { recursive: true });
  });

  it("finds no difference where there is none, and leaves nothing behind", async () => {
    const temporary = `${cwd}/tmp`;
    await Deno.mkdir(temporary);
    const same = await insforge(["db", "diff", "--check"], { cwd, env: { TMPDIR: temporary } });
    assertEquals(
      [same.code, same.stdout],
      [0, "✓ The database is what the migrations make.\n"],
      same.stderr,
    );
    assertEquals(await Array.fromAsync(Deno.readDir(temporary)), []);
  });

  it("fails a check on drift, and shows the statements in order", async () => {
    await json(
      "db",
      "query",
      `
      CREATE TABLE comments (post int REFERENCES posts, body text NOT NULL);
      ALTER TABLE posts ADD COLUMN likes int DEFAULT 0, DROP COLUMN old;
      CREATE VIEW liked AS SELECT id FROM posts WHERE likes > 0`,
    );
    const drift = await run("db", "diff", "--check");
    assertEquals(drift.code, 1);
    const [table, column, view] = [
      "CREATE TABLE public.comments",
      "ADD COLUMN likes",
      "CREATE VIEW public.liked",
    ]
      .map((words) => drift.stdout.indexOf(words));
    assert(table! > 0 && column! > table! && view! > column!, drift.stdout);
    assertStringIncludes(drift.stdout, "\n-- ALTER TABLE public.posts DROP COLUMN old;\n");
    assertStringIncludes(drift.stderr, "1 statement that lose data stand in comments");
  });

  it("makes a migration that brings another database there", async () => {
    const made = await json("db", "diff", "--name", "Add comments", "--drops", "--record");
    assertEquals([made.different, made.name], [true, "add-comments"]);
    assertEquals((await migrations()).length, 2);
    assertEquals((await json("db", "migrations", "up")).applied, []);
    assertEquals((await json("db", "diff", "--check")).different, false);
    await json("local", "reset", "-y");
    await json("local", "start", "--no-postgres");
    assertEquals((await json("db", "migrations", "up")).applied.length, 2);
    assertEquals(await json("db", "tables"), ["comments", "posts"]);
  });

  it("writes to a file", async () => {
    await json("db", "query", "CREATE TABLE more (id int)");
    assertEquals((await json("db", "diff", "-o", "diff.sql")).path, "diff.sql");
    assertStringIncludes(await Deno.readTextFile(`${cwd}/diff.sql`), "CREATE TABLE public.more");
    assertEquals((await run("db", "diff", "-o", "x", "--name", "y")).code, 1);
  });

  it("names the migration that does not apply", async () => {
    await Deno.writeTextFile(`${cwd}/migrations/0_wrong.sql`, "CREATE TABLE x (id nothing);");
    const failed = await run("db", "diff");
    assertEquals(failed.code, 1);
    assertStringIncludes(failed.stderr, "migrations/0_wrong.sql");
  });
});
