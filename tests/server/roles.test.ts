import { assertEquals, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { sessionOf } from "../../src/server/http/identity.ts";
import type { Database } from "../../src/server/database/client.ts";
import { DatabaseError } from "../../src/server/http/api_error.ts";
import { openTestDatabase } from "../support/database.ts";

const alice = "11111111-1111-4111-8111-111111111111";
const bob = "22222222-2222-4222-8222-222222222222";

describe("roles", () => {
  let dataDir: string;
  let database: Database;
  const owner = sessionOf({ role: "project_admin" });
  const user = (userId: string) =>
    sessionOf({ role: "authenticated", userId, email: `${userId}@example.com` });
  const anon = sessionOf({ role: "anon" });

  beforeAll(async () => {
    dataDir = await Deno.makeTempDir();
    database = openTestDatabase(dataDir);
    const statements = [
      `INSERT INTO auth.users (id, email) VALUES ('${alice}', 'a@example.com'), ('${bob}', 'b@example.com')`,
      `CREATE TABLE notes (id serial PRIMARY KEY, owner uuid REFERENCES auth.users (id), text text)`,
      `ALTER TABLE notes ENABLE ROW LEVEL SECURITY`,
      `CREATE POLICY own ON notes TO authenticated USING (owner = auth.uid()) WITH CHECK (owner = auth.uid())`,
      `INSERT INTO notes (owner, text) VALUES ('${alice}', 'hers'), ('${bob}', 'his')`,
      `CREATE TABLE open (n int)`,
    ];
    await database.run(statements.map((sql) => ({ sql })), owner);
  });
  afterAll(async () => {
    await database.close();
    await Deno.remove(dataDir, { recursive: true });
  });

  async function refused(sql: string, session = owner): Promise<string> {
    const error = await assertRejects(() => database.query(sql, [], session), DatabaseError);
    return error.sqlstate;
  }

  it("know who is calling", async () => {
    const sql = "SELECT auth.uid(), auth.role(), auth.email(), current_user AS user";
    const ask = async (session: typeof owner) => (await database.query(sql, [], session)).rows[0];
    assertEquals(await ask(user(alice)), {
      uid: alice,
      role: "authenticated",
      email: `${alice}@example.com`,
      user: "authenticated",
    });
    assertEquals(await ask(anon), { uid: null, role: "anon", email: null, user: "anon" });
    assertEquals(await ask(owner), {
      uid: null,
      role: "project_admin",
      email: null,
      user: "project_admin",
    });
    assertEquals(await ask({}), { uid: null, role: null, email: null, user: "postgres" });
  });

  it("show users their own rows only", async () => {
    const read = async (session: typeof owner) =>
      (await database.query<{ text: string }>("SELECT text FROM notes ORDER BY 1", [], session))
        .rows
        .map(({ text }) => text);
    assertEquals(await read(user(alice)), ["hers"]);
    assertEquals(await read(anon), []);
    assertEquals(await read(owner), ["hers", "his"]);
  });

  it("refuse rows that a policy does not allow", async () => {
    assertEquals(
      await refused(`INSERT INTO notes (owner, text) VALUES ('${bob}', 'x')`, user(alice)),
      "42501",
    );
  });

  it("reach tables without row-level security", async () => {
    for (const session of [anon, user(alice), owner]) {
      await database.query("INSERT INTO open VALUES (1)", [], session);
    }
    assertEquals((await database.query("SELECT count(*) FROM open", [], anon)).rows, [{
      count: "3",
    }]);
  });

  it("keep visitors out of the internal schemas", async () => {
    const internal = ["auth.users", "system.secrets", "functions.definitions", "schedules.jobs"];
    for (const table of internal) {
      for (const session of [anon, user(alice)]) {
        assertEquals(await refused(`SELECT * FROM ${table}`, session), "42501", table);
      }
      await database.query(`SELECT * FROM ${table}`, [], owner);
    }
  });

  it("let the owner manage users and nothing else inside", async () => {
    await database.query("UPDATE auth.users SET metadata = '{}' WHERE false", [], owner);
    const writes = [
      "INSERT INTO system.secrets (key, value_ciphertext) VALUES ('x', 'y')",
      "DELETE FROM storage.buckets",
      "UPDATE functions.definitions SET code = ''",
      "DELETE FROM schedules.jobs",
      "DELETE FROM deployments.runs",
      "CREATE TABLE auth.mine (id int)",
      "DROP TABLE auth.users",
      "SELECT system.adopt_public_objects()",
    ];
    for (const sql of writes) assertEquals(await refused(sql), "42501", sql);
  });

  it("let signed-in users reach objects, visitors not", async () => {
    await database.query("SELECT * FROM storage.objects", [], user(alice));
    assertEquals(await refused("SELECT * FROM storage.objects", anon), "42501");
  });

  it("are left behind by what SQL does to the session", async () => {
    const tricks = [
      "SET work_mem = '3MB'",
      'SET request.jwt.claims = \'{"sub":"x"}\'',
      "CREATE TEMP TABLE leftover (n int)",
      "PREPARE leftover AS SELECT 1",
    ];
    for (const sql of tricks) await database.query(sql, [], owner);
    const { rows } = await database.query(
      "SELECT current_user, session_user, current_setting('work_mem') AS mem, auth.jwt(), " +
        "to_regclass('leftover') AS temp, (SELECT count(*)::int FROM pg_prepared_statements) AS prepared",
    );
    assertEquals(rows, [{
      current_user: "postgres",
      session_user: "postgres",
      mem: "4MB",
      jwt: null,
      temp: null,
      prepared: 0,
    }]);
  });

  it("take key helpers apart", async () => {
    const { rows } = await database.query(
      `SELECT storage.foldername(k) AS folders, storage.filename(k) AS name, storage.extension(k) AS extension
       FROM unnest(ARRAY['a/b/c.tar.gz', 'plain', 'a/.x/']) AS k`,
      [],
      user(alice),
    );
    assertEquals(rows, [
      { folders: ["a", "b"], name: "c.tar.gz", extension: "gz" },
      { folders: [], name: "plain", extension: null },
      { folders: ["a", ".x"], name: "", extension: null },
    ]);
  });
});

describe("transactions", () => {
  let dataDir: string;
  let database: Database;
  beforeAll(async () => {
    dataDir = await Deno.makeTempDir();
    database = openTestDatabase(dataDir);
    await database.query("CREATE TABLE public.t (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  });
  afterAll(async () => {
    await database.close();
    await Deno.remove(dataDir, { recursive: true });
  });
  const count = async () =>
    (await database.query("SELECT count(*)::int AS n FROM public.t")).rows[0]?.n;

  it("commit at the end", async () => {
    const value = await database.transaction(async ({ query }) => {
      await query("INSERT INTO public.t VALUES ($1)", [1]);
      return (await query("SELECT n FROM public.t")).rows;
    });
    assertEquals(value, [{ n: 1 }]);
    assertEquals(await count(), 1);
  });

  it("undo everything when the body throws", async () => {
    await assertRejects(() =>
      database.transaction(async ({ query }) => {
        await query("INSERT INTO public.t VALUES (2)");
        throw new Error("no");
      })
    );
    assertEquals(await count(), 1);
  });

  it("undo everything when one statement fails", async () => {
    const statements = ["INSERT INTO public.t VALUES (2)", "INSERT INTO nowhere VALUES (1)"];
    const error = await assertRejects(
      () => database.run(statements.map((sql) => ({ sql }))),
      DatabaseError,
    );
    assertEquals([error.sqlstate, error.fields.statement], ["42P01", 1]);
    assertEquals(await count(), 1);
  });

  it("undo everything when a deferred constraint fails", async () => {
    for (
      const insert of [
        () => database.query("INSERT INTO public.t VALUES (1)"),
        () => database.transaction(({ query }) => query("INSERT INTO public.t VALUES (1)")),
      ]
    ) {
      const error = await assertRejects(insert, DatabaseError);
      assertEquals(error.sqlstate, "23505");
      assertEquals(await count(), 1);
    }
  });

  it("wait for each other", async () => {
    const order: string[] = [];
    const slow = database.transaction(async ({ query }) => {
      await query("SELECT pg_sleep(0.05)");
      order.push("slow");
    });
    const quick = database.query("SELECT 1").then(() => order.push("quick"));
    await Promise.all([slow, quick]);
    assertEquals(order, ["slow", "quick"]);
  });

  it("write nothing when they are read-only", async () => {
    const error = await assertRejects(
      () => database.query("INSERT INTO public.t VALUES (9)", [], { readOnly: true }),
      DatabaseError,
    );
    assertEquals(error.sqlstate, "25006");
  });
});
