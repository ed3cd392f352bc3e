import { assertEquals, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { sessionOf } from "../../src/server/http/identity.ts";
import type { Database } from "../../src/server/database/client.ts";
import { DatabaseError } from "../../src/server/http/api_error.ts";
import { openTestDatabase } from "../support/database.ts";

const alice = "11111111-1111-4111-8111-111111111111";

describe("the tables that InsForge manages", () => {
  let dataDir: string;
  let database: Database;
  const owner = sessionOf({ role: "project_admin" });
  const user = sessionOf({ role: "authenticated", userId: alice, email: "a@example.com" });
  const run = (sql: string, session = owner) => database.run([{ sql }], session);

  beforeAll(async () => {
    dataDir = await Deno.makeTempDir();
    database = openTestDatabase(dataDir);
  });
  afterAll(async () => {
    await database.close();
    await Deno.remove(dataDir, { recursive: true });
  });

  async function refusal(sql: string, session = owner): Promise<string> {
    const error = await assertRejects(() => run(sql, session), DatabaseError, undefined, sql);
    assertEquals(error.sqlstate, "42501", sql);
    return error.message;
  }

  it("take policies from project_admin, by whatever way it writes them", async () => {
    await run(`INSERT INTO storage.buckets (name, public) VALUES ('pictures', false)
      ON CONFLICT (name) DO UPDATE SET public = excluded.public`);
    await run("ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY");
    await run(`CREATE POLICY "own folder" ON storage.objects FOR ALL TO authenticated
      USING (bucket = 'pictures' AND (storage.foldername(key))[1] = auth.uid()::text)
      WITH CHECK (bucket = 'pictures' AND (storage.foldername(key))[1] = auth.uid()::text)`);
    await run(`DO $$ BEGIN
      ALTER TABLE realtime.channels ENABLE ROW LEVEL SECURITY;
      EXECUTE 'CREATE POLICY own ON realtime.channels FOR SELECT TO authenticated
        USING (realtime.channel_name() = pattern)';
    END $$`);
    const insert = (key: string) =>
      run(`INSERT INTO storage.objects (bucket, key, size) VALUES ('pictures', '${key}', 1)`, user);
    await insert(`${alice}/cat.png`);
    assertEquals(
      await assertRejects(() => insert("else/cat.png"), DatabaseError).then((e) => e.sqlstate),
      "42501",
    );
    await run("GRANT SELECT ON storage.objects TO anon; GRANT USAGE ON SCHEMA storage TO anon");
    await run("ALTER TABLE realtime.messages ALTER COLUMN sender_id TYPE text");
    await run("DROP POLICY own ON realtime.channels");
    await run("ALTER TABLE realtime.channels DISABLE ROW LEVEL SECURITY");
  });

  it("are neither changed nor dropped by it", async () => {
    for (
      const sql of [
        "ALTER TABLE storage.objects ADD COLUMN x int",
        "ALTER TABLE storage.objects DROP COLUMN etag",
        "ALTER TABLE storage.objects RENAME TO things",
        "ALTER TABLE storage.objects OWNER TO project_admin",
        "ALTER TABLE storage.objects DISABLE TRIGGER ALL",
        "CREATE INDEX ON storage.objects (etag)",
        "DROP TRIGGER refuse_project_admin ON storage.objects",
        "DROP TABLE realtime.messages",
        "DROP TABLE realtime.channels CASCADE",
        "DO $$ BEGIN EXECUTE 'DROP TABLE storage.objects CASCADE'; END $$",
      ]
    ) await refusal(sql);
  });

  it("are written by it as far as the real backend lets it", async () => {
    const insert = "INSERT INTO realtime.channels (pattern) VALUES ('orders:%')";
    await run(insert);
    await run("SELECT realtime.publish('orders:1', 'made', '{}')");
    for (
      const sql of [
        "INSERT INTO storage.objects (bucket, key, size) VALUES ('pictures', 'x', 1)",
        "DELETE FROM storage.objects",
        "TRUNCATE storage.objects",
        "UPDATE realtime.messages SET event_name = 'x'",
        "DELETE FROM payments.stripe_checkout_sessions",
        "CREATE TRIGGER t BEFORE INSERT ON storage.objects EXECUTE FUNCTION system.refuse_write()",
      ]
    ) await refusal(sql);
  });

  it("go on obeying their foreign keys", async () => {
    await run("DELETE FROM storage.buckets WHERE name = 'pictures'", {});
    const { rows } = await database.query("SELECT * FROM storage.objects");
    assertEquals(rows, []);
    await run("DELETE FROM realtime.channels WHERE pattern = 'orders:%'");
    const messages = await database.query("SELECT channel_id, channel_name FROM realtime.messages");
    assertEquals(messages.rows, [{ channel_id: null, channel_name: "orders:1" }]);
  });

  it("keep a message only where a channel matches, and keep outsiders from publishing", async () => {
    const { rows } = await database.query("SELECT realtime.publish('none', 'x', '{}')", [], owner);
    assertEquals(rows, [{ publish: null }]);
    await refusal("SELECT realtime.publish('orders:1', 'x', '{}')", user);
  });
});
