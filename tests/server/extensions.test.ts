import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { sessionOf } from "../../src/server/http/identity.ts";
import type { Database } from "../../src/server/database/client.ts";
import { SUPERUSER_ONLY } from "../../src/server/database/extensions/bundles.ts";
import { DatabaseError } from "../../src/server/http/api_error.ts";
import { openTestDatabase } from "../support/database.ts";

describe("extensions", () => {
  let dataDir: string;
  let database: Database;
  const owner = sessionOf({ role: "project_admin" });
  const open = () => {
    database = openTestDatabase(dataDir, 60_000);
  };
  const value = async (expression: string) =>
    (await database.query(`SELECT ${expression} AS value`, [], owner)).rows[0]!.value;

  beforeAll(async () => {
    dataDir = await Deno.makeTempDir();
    open();
  });
  afterAll(async () => {
    await database.close();
    await Deno.remove(dataDir, { recursive: true });
  });

  it("of InsForge's own are there from the start", async () => {
    assertEquals(
      await value("crypt('secret', '$2a$04$abcdefghijklmnopqrstuu') LIKE '$2a$04$%'"),
      true,
    );
    assertEquals(await value("'[1,2]'::vector <-> '[1,4]'"), 2);
    await database.run(
      [{ sql: "CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA extensions" }],
      {
        ...owner,
      },
    );
  });

  it("can all be made while the database runs", async () => {
    const { rows } = await database.query<{ name: string }>(
      "SELECT name FROM pg_available_extensions WHERE installed_version IS NULL ORDER BY name",
    );
    const names = rows.map(({ name }) => name);
    assertEquals(names.includes("citext") && names.includes("hstore"), true);
    for (const name of names) {
      const session = SUPERUSER_ONLY.has(name) ? {} : owner;
      await database.run([{ sql: `CREATE EXTENSION "${name}" SCHEMA public CASCADE` }], session);
    }
    assertEquals(await value("'A'::citext = 'a'"), true);
    assertEquals(await value("uuid_generate_v4() IS NOT NULL"), true);
    assertEquals(await value("unaccent('Hôtel')"), "Hotel");
    assertEquals(await value("similarity('word', 'words') > 0.5"), true);
    assertEquals(await value("('a=>1'::hstore) -> 'a'"), "1");
    assertEquals(await value("'a.b'::ltree @> 'a.b.c'"), true);
    assertEquals(await value("levenshtein('kitten', 'sitting')"), 3);
  });

  it("are there again after a restart", async () => {
    await database.run([{ sql: "CREATE TABLE words (word citext UNIQUE)" }], owner);
    await database.close();
    open();
    await database.run([{ sql: "INSERT INTO words VALUES ('Word')" }], owner);
    const { rows } = await database.query("SELECT word FROM words WHERE word = 'WORD'", [], owner);
    assertEquals(rows, [{ word: "Word" }]);
  });

  it("that nobody has are refused with what there is instead", async () => {
    const create = () => database.run([{ sql: "CREATE EXTENSION postgis" }], owner);
    const { fields } = await assertRejects(create, DatabaseError);
    assertEquals(fields.sqlstate, "0A000");
    assertStringIncludes(fields.hint!, "pg_available_extensions");
  });
});
