import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";

let cwd: string;

const run = (...args: string[]) => insforge(args, { cwd });

async function json(...args: string[]) {
  const result = await run(...args, "--json");
  assertEquals(result.code, 0, result.stderr);
  return JSON.parse(result.stdout);
}

async function titles(): Promise<string[]> {
  const { rows } = await json("db", "query", "SELECT title FROM posts ORDER BY title");
  return rows.map(({ title }: { title: string }) => title);
}

describe("the seed of a project", () => {
  beforeAll(async () => {
    cwd = await Deno.realPath(await Deno.makeTempDir({ prefix: "insforge-test-" }));
    await Deno.mkdir(`${cwd}/migrations`);
    await Deno.mkdir(`${cwd}/insforge`);
    const migration = "CREATE TABLE posts (id serial PRIMARY KEY, title text UNIQUE);";
    await Deno.writeTextFile(`${cwd}/migrations/1_posts.sql`, migration);
  });
  afterAll(async () => {
    await run("local", "stop");
    await Deno.remove(cwd, { recursive: true });
  });

  it("is asked for where there is none, and then fills the database", async () => {
    await json("local", "start");
    await json("db", "migrations", "up");
    const without = await run("db", "seed");
    assertEquals(without.code, 1);
    assertStringIncludes(without.stderr, "There is no insforge/seed.sql");
    const seed = "INSERT INTO posts (title) VALUES ('first'), ('second');";
    await Deno.writeTextFile(`${cwd}/insforge/seed.sql`, seed);
    assertEquals((await json("db", "seed")).success, true);
    assertEquals(await titles(), ["first", "second"]);
  });

  it("comes from another file as well, all of it or nothing", async () => {
    const more =
      "INSERT INTO posts (title) VALUES ('third'); INSERT INTO posts (title) VALUES ('first');";
    await Deno.writeTextFile(`${cwd}/more.sql`, more);
    assertEquals((await run("db", "seed", "--file", "more.sql")).code, 1);
    assertEquals(await titles(), ["first", "second"]);
  });

  it("is what a reset ends with, after the migrations", async () => {
    await json("db", "query", "INSERT INTO posts (title) VALUES ('typed')");
    const reset = await json("local", "reset", "-y");
    assertEquals([reset.wasRunning, reset.seeded], [true, true]);
    assertEquals(await titles(), ["first", "second"]);
    assertEquals((await json("local", "reset", "--no-seed", "-y")).seeded, false);
    assertEquals((await json("local", "status")).status, "stopped");
  });
});
