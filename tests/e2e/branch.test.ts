import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { STATE_FILES } from "../../src/shared/contract/state.ts";
import { insforge } from "../support/executable.ts";

let cwd: string;

const run = (...args: string[]) => insforge(args, { cwd });

async function json(...args: string[]) {
  const result = await run(...args, "--json");
  assertEquals(result.code, 0, result.stderr);
  return JSON.parse(result.stdout);
}

const query = async (sql: string) => (await json("db", "query", sql)).rows;
const placesOf = (branch: string) => {
  const folder = `${cwd}/.insforge/branches/${branch}`;
  return { data: `${folder}/data`, packed: `${folder}/packed`, start: `${folder}/start` };
};
const names = async () =>
  (await json("branch", "list")).data.map(({ name }: { name: string }) => name);

describe("branches of the local backend", () => {
  beforeAll(async () => {
    cwd = await Deno.realPath(await Deno.makeTempDir({ prefix: "insforge-test-" }));
    await json("local", "start", "--no-postgres");
    await query("CREATE TABLE posts (id serial PRIMARY KEY, title text)");
    await query("INSERT INTO posts (title) VALUES ('of the parent')");
  });
  afterAll(async () => {
    for (const name of await names()) await run("branch", "delete", name, "-y");
    await run("local", "stop");
    await Deno.remove(cwd, { recursive: true });
  });

  it("have the parent's rows, and keep to themselves what is done there", async () => {
    const { branch, serving } = await json("branch", "create", "feature");
    assertEquals([branch.branch_state, serving], ["ready", true]);
    assertEquals(await query("SELECT title FROM posts"), [{ title: "of the parent" }]);
    await query("UPDATE posts SET title = 'of the branch'");
    assertStringIncludes((await run("branch", "list")).stdout, "insforge branch switch --parent");
    assertEquals((await json("branch", "switch", "--parent")).switched, "parent");
    assertEquals((await run("branch", "list")).stdout.includes("--parent"), false);
    assertEquals(await query("SELECT title FROM posts"), [{ title: "of the parent" }]);
    assertEquals((await json("branch", "switch", "feature")).branch_id, branch.id);
    assertEquals(await query("SELECT title FROM posts"), [{ title: "of the branch" }]);
    const [listed] = (await json("branch", "list")).data;
    assertEquals([listed.name, listed.current], ["feature", true]);
  });

  it("bring their schema to the parent, and none of their rows", async () => {
    await query("ALTER TABLE posts ADD COLUMN likes int DEFAULT 0; CREATE TABLE tags (name text)");
    await json("branch", "switch", "--parent");
    await query("CREATE TABLE meanwhile (id int)");
    const dry = await json("branch", "merge", "feature", "--dry-run", "--save-sql", "merge.sql");
    assertEquals([dry.applied, dry.dryRun, dry.changes], [false, true, 2]);
    assertStringIncludes(await Deno.readTextFile(`${cwd}/merge.sql`), "ADD COLUMN likes");
    assertEquals((await run("branch", "merge", "feature")).code, 1);
    assertEquals((await json("branch", "merge", "feature", "-y")).applied, true);
    assertEquals(await json("db", "tables"), ["meanwhile", "posts", "tags"]);
    assertEquals(await query("SELECT title, likes FROM posts"), [{
      title: "of the parent",
      likes: 0,
    }]);
    assertEquals((await json("branch", "list")).data[0].branch_state, "merged");
    assertEquals((await json("branch", "merge", "feature", "-y")).changes, 0);
  });

  it("are not merged over what the parent has made otherwise", async () => {
    await query(
      "ALTER TABLE meanwhile ADD COLUMN note text; ALTER TABLE posts ALTER COLUMN title SET NOT NULL",
    );
    const conflict = await run("branch", "merge", "feature", "-y", "--json");
    assertEquals(conflict.code, 1);
    const error = JSON.parse(conflict.stderr);
    assertEquals([error.code, error.conflicts], ["MERGE_CONFLICT", ["public.posts"]]);
  });

  it("begin anew, or without rows, and are deleted", async () => {
    await json("branch", "switch", "feature");
    await json("branch", "reset", "feature", "-y");
    assertEquals(await query("SELECT title FROM posts"), [{ title: "of the parent" }]);
    assertEquals(await json("db", "tables"), ["posts"]);
    // As earlier versions kept it.
    const { data, packed, start } = placesOf("feature");
    await json("local", "copy", start, "--data-dir", data);
    await Deno.remove(packed, { recursive: true });
    await query("DROP TABLE posts");
    await json("branch", "reset", "feature", "-y");
    assertEquals(await query("SELECT title FROM posts"), [{ title: "of the parent" }]);
    assertEquals((await json("branch", "delete", "feature", "-y")).switched_back, true);
    assertEquals(await names(), []);

    // What a killed process left before it was done.
    await Deno.mkdir(`${cwd}/.insforge/branches/bare/data`, { recursive: true });
    await Deno.writeTextFile(`${cwd}/.insforge/branches/bare/branch.json`, '{"name": "bare"}');
    assertEquals([await names(), (await run("branch", "switch", "bare")).code], [[], 4]);
    await json("branch", "create", "bare", "--mode", "schema-only", "--no-switch");
    await json("branch", "switch", "bare");
    assertEquals(await query("SELECT count(*)::int AS n FROM posts"), [{ n: 0 }]);
    await json("branch", "switch", "--parent");
    assertEquals(await query("SELECT count(*)::int AS n FROM posts"), [{ n: 1 }]);
  });

  it("refuse what is no name, is there already, or is not", async () => {
    assertEquals((await run("branch", "create", "..")).code, 1);
    assertEquals((await run("branch", "create", "bare")).code, 1);
    assertEquals((await run("branch", "create", "x", "--mode", "half")).code, 1);
    assertEquals((await run("branch", "switch", "nothing")).code, 4);
    await assertRejects(() => Deno.stat(`${cwd}/.insforge/branches/x`), Deno.errors.NotFound);
  });

  it("leave nothing where they cannot be made", async () => {
    const { objects, engine } = STATE_FILES;
    for (const [name, text] of [[objects, "{}"], [engine, '{"engine": "url"}']] as const) {
      const kept = `${cwd}/.insforge/local/${name}`;
      await Deno.writeTextFile(kept, text);
      const { code, stderr } = await run("branch", "create", "x");
      await Deno.remove(kept);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "is not copied");
      const left = await Array.fromAsync(Deno.readDir(`${cwd}/.insforge/branches`));
      assertEquals(left.filter(({ name }) => name.includes("x")), [], name);
    }
  });

  it("have a server that ends where its data never come", async () => {
    const dataDir = `${cwd}/never`;
    const { code, stdout } = await run("local", "serve", "--awaiting", "--data-dir", dataDir);
    assertEquals([code, stdout], [0, ""]);
    await assertRejects(() => Deno.stat(dataDir), Deno.errors.NotFound);
  });
});
