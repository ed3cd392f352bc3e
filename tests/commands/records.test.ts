import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { runInProcess } from "../support/in_process.ts";

let backend: TestBackend;

async function run(args: string[], stdin?: string) {
  const env = { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey };
  return await runInProcess(["records", ...args], { cwd: ".", env, stdin });
}

async function json(...args: string[]) {
  const { code, stdout, stderr } = await run([...args, "--json"]);
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

describe("records", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql("CREATE TABLE posts (id serial PRIMARY KEY, title text, big int8)");
  });
  afterAll(() => backend.close());

  it("adds one row or many, and answers them", async () => {
    const [first] = await json(
      "create",
      "posts",
      "--data",
      '{"title": "one", "big": "9007199254740993"}',
    );
    assertEquals([first.id, first.title], [1, "one"]);
    const many = await run(
      ["create", "posts", "--data", "-"],
      '[{"title": "two"}, {"title": "three"}]',
    );
    assertEquals(many.stdout, "✓ Added 2 rows to posts.\n", many.stderr);
  });

  it("reads what is asked for", async () => {
    const rows = await json(
      "list",
      "posts",
      "--select",
      "title",
      "--filter",
      "id=gte.2",
      "--order",
      "id.desc",
      "--limit",
      "1",
    );
    assertEquals(rows, [{ title: "three" }]);
    const { stdout } = await run(["list", "posts", "--filter", "id=eq.1"]);
    assertStringIncludes(stdout, "9007199254740993");
    assertStringIncludes((await run(["list", "posts", "--filter", "id=eq.9"])).stdout, "No rows.");
  });

  it("shows numbers as they stand, and aligns them", async () => {
    await backend.sql("CREATE TABLE prices (id serial PRIMARY KEY, price numeric, more jsonb)");
    const row = '{"price": 12.50, "more": {"tax": 1.0, "e": 1e2, "big": 12345678901234567890}}';
    const { code, stderr } = await run(["create", "prices", "--data", row]);
    assertEquals(code, 0, stderr);
    await run(["create", "prices", "--data", '{"price": 7, "more": {}}']);
    const more = '"tax":1.0}';
    const listed = await run(["list", "prices", "--json"]);
    assertStringIncludes(listed.stdout.replaceAll(/\s/g, ""), more);
    assertStringIncludes(listed.stdout, '"price": 12.50');
    const { stdout } = await run(["list", "prices", "--order", "id"]);
    assertStringIncludes(stdout, more);
    assertStringIncludes(stdout, "\n 1  12.50  {");
    assertStringIncludes(stdout, "\n 2      7  {}");
  });

  it("changes and deletes what a filter names, and never everything", async () => {
    const [changed] = await json(
      "update",
      "posts",
      "--filter",
      "id=eq.2",
      "--data",
      '{"title": "2"}',
    );
    assertEquals(changed.title, "2");
    for (const line of [["update", "posts", "--data", "{}"], ["delete", "posts", "-y"]]) {
      const { code, stderr } = await run(line);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "--filter is missing");
    }
    // What the data API reads as no condition.
    for (const filter of ["select=id", "order=id", "columns=id", "limit=1", "on_conflict=id"]) {
      const { code, stderr } = await run(["delete", "posts", "--filter", filter, "-y"]);
      assertEquals(code, 1, filter);
      assertStringIncludes(stderr, "--filter is no condition");
    }
    assertEquals((await run(["delete", "posts", "--filter", "id=eq.2"])).code, 1);
    assertEquals((await json("delete", "posts", "--filter", "id=eq.2", "-y")).length, 1);
    assertEquals((await json("list", "posts")).length, 2);
  });

  it("tells what is wrong with the input before any request", async () => {
    for (
      const line of [
        ["list", "posts", "--filter", "id"],
        ["list", "posts", "--filter", "id=eq.1", "--filter", "id=eq.2"],
        ["create", "posts", "--data", "{"],
        ["create", "posts"],
        ["create", "posts", "--data", "3"],
        ["create", "posts", "--data", "[{}, null]"],
        ["update", "posts", "--filter", "id=eq.1", "--data", "null"],
        ["list", ".."],
      ]
    ) {
      assertEquals((await run(line)).code, 1, line.join(" "));
    }
    assertEquals((await run(["list", "nothing"])).code, 4);
  });
});
