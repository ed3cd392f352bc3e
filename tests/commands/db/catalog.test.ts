import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { functions } from "../../../src/commands/db/functions.ts";
import { indexes } from "../../../src/commands/db/indexes.ts";
import { policies } from "../../../src/commands/db/policies.ts";
import { tables } from "../../../src/commands/db/tables.ts";
import { triggers } from "../../../src/commands/db/triggers.ts";
import type { Run } from "../../../src/cli/context.ts";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { testContext } from "../../support/context.ts";
import { stubServer } from "../../support/stub_server.ts";

let backend: TestBackend;

/** Runs a command's action against an address and answers its JSON and its table. */
async function list(command: (run: Run) => unknown, url = backend.url, key = backend.apiKey) {
  let perform: Promise<{ data: unknown; text: string }> | undefined;
  const run: Run = (action) => {
    const { context, show } = testContext({
      cwd: "/",
      env: { INSFORGE_BASE_URL: url, INSFORGE_API_KEY: key },
    });
    perform = (async () => {
      // deno-lint-ignore no-explicit-any
      const result = await (action as any)(context, {});
      return { data: result.data, text: await show(result) };
    })();
    return () => Promise.resolve();
  };
  command(run);
  return await perform!;
}

describe("the schema commands", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(`
      CREATE TABLE posts (id int PRIMARY KEY, title text UNIQUE);
      ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
      CREATE POLICY "read all" ON posts FOR SELECT TO anon, authenticated USING (true);
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RETURN NEW;
      END $$;
      CREATE TRIGGER touch_posts BEFORE INSERT OR UPDATE ON posts
        FOR EACH ROW EXECUTE FUNCTION touch();`);
  });
  afterAll(() => backend.close());

  it("list tables", async () => {
    const { data, text } = await list(tables);
    assertEquals(data, ["posts"]);
    assertEquals(text, "Table Name\n──────────\nposts\n");
  });

  it("list indexes", async () => {
    const { data, text } = await list(indexes);
    const names = (data as { indexes: { indexName: string }[] }).indexes;
    assertEquals(names.map(({ indexName }) => indexName), ["posts_pkey", "posts_title_key"]);
    assertStringIncludes(text, "CREATE UNIQUE INDEX posts_pkey");
  });

  it("list policies", async () => {
    const { text } = await list(policies);
    assertStringIncludes(text, "read all");
    assertStringIncludes(text, "anon, authenticated");
    assertStringIncludes(text, "NULL");
  });

  it("list triggers, a row an event", async () => {
    const { data } = await list(triggers);
    assertEquals((data as { triggers: unknown[] }).triggers.length, 2);
  });

  it("list functions, each on one line", async () => {
    const { data, text } = await list(functions);
    const [first] = (data as { functions: { functionDef: string }[] }).functions;
    assertStringIncludes(first!.functionDef, "\n");
    assertEquals(text.trimEnd().split("\n").length, 3);
  });

  it("R53: take bare and wrapped answers, and null in any cell", async () => {
    const row = { tableName: null, indexName: "i", isUnique: null };
    for (const body of [[row], { indexes: [row] }]) {
      await using server = stubServer(() => Response.json(body));
      const { data, text } = await list(indexes, server.url);
      assertEquals(data, body);
      assertEquals(text.trimEnd().split("\n").at(-1)!.split(/ +/).slice(0, 2), ["NULL", "i"]);
    }
    await using empty = stubServer(() => Response.json({ indexes: [] }));
    assertEquals((await list(indexes, empty.url)).text, "There are no indexes yet.\n");
  });
});
