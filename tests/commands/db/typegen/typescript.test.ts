import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runTypes } from "../../../../src/commands/db/types.ts";
import { startBackend, type TestBackend } from "../../../support/backend.ts";
import { testContext } from "../../../support/context.ts";
import { richSchema } from "../../../support/rich_schema.ts";

let backend: TestBackend;
let folder: string;
let text: string;

const contextOf = () =>
  testContext({
    cwd: folder,
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
  });

/** Type-checks a module beside the generated one; answers the errors. */
async function check(code: string): Promise<string> {
  const path = `${folder}/use-${crypto.randomUUID()}.ts`;
  await Deno.writeTextFile(path, `import type * as db from "./database.ts";\n${code}`);
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--no-config", path],
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stderr);
}

describe("the types of a database", () => {
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    backend = await startBackend();
    await backend.sql(richSchema(10));
    await backend.sql(
      "CREATE SCHEMA app; CREATE TABLE app.things (id int GENERATED ALWAYS AS IDENTITY)",
    );
    await backend.sql(
      "CREATE FUNCTION named(a int, b text DEFAULT 'x') RETURNS TABLE (x int, m mood[]) LANGUAGE sql AS 'SELECT 1, NULL::mood[]'",
    );
    const { context } = contextOf();
    await runTypes(context, { output: "database.ts" });
    text = await Deno.readTextFile(`${folder}/database.ts`);
  });
  afterAll(async () => {
    await backend.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("go to stdout as they go to a file", async () => {
    const { context, show } = contextOf();
    assertEquals(await show(await runTypes(context, {})), text);
  });

  it("take rows, inserts and updates that the tables take", async () => {
    const errors = await check(`
      const post: db.Insert<"posts"> = { title: "x", tags: ["a"], meta: { a: [1] } };
      const update: db.Update<"posts"> = { price: 1.5, author: null };
      const row: db.Row<"Quoted Table"> = { "Key A": 1, 'Key "b': "b", select: null };
      const mood: db.Enum<"mood"> = "it's bad";
      const user: db.Insert<"users"> = { email: "a@b", home: { street: "s", "zip code": null } };
      const named: db.Database["public"]["Functions"]["named"] = { Args: { a: 1 }, Returns: [{ x: 1, m: ["happy"] }] };
      const view: db.Database["public"]["Views"]["titles"]["Row"] = { id: 1, title: null };
      const thing: db.Database["app"]["Tables"]["things"]["Insert"] = {};
      export { post, update, row, mood, user, named, view, thing };
    `);
    assertEquals(errors, "");
  });

  it("refuse what the tables refuse", async () => {
    const wrong = [
      'export const a: db.Insert<"posts"> = {};',
      'export const a: db.Insert<"posts"> = { title: "x", doubled: 1 };',
      'export const a: db.Enum<"mood"> = "sad";',
      'export const a: db.Row<"nope"> = {};',
      'export const a: db.Update<"users"> = { email: null };',
    ];
    for (const code of wrong) assertStringIncludes(await check(code), "TS", code);
  });

  it("know the foreign keys", () => {
    assertStringIncludes(text, 'foreignKeyName: "posts_author_fkey";');
    assertStringIncludes(text, "isOneToOne: false;");
  });
});
