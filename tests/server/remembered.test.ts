import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import pg from "pg";
import { PGLITE, startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";

const SETTINGS = [
  "/api/secrets",
  "/api/functions",
  "/api/storage/buckets",
  "/api/auth/config",
  "/api/auth/public-config",
  "/api/auth/oauth/configs",
  "/api/auth/oauth/custom/configs",
  "/api/schedules",
  "/api/realtime/channels",
];
/** Longer than the test may take: nobody who waits for it is answered. */
const LONG = "SELECT pg_sleep(600)";
/** Milliseconds after which an answer counts as waiting. */
const PATIENCE_MS = 10_000;

describe("what a project is set up with", () => {
  let backend: TestBackend;
  let url: string;
  beforeAll(async () => {
    backend = await startBackend({
      engine: PGLITE,
      postgresPorts: [0],
      statementTimeout: 900_000,
    });
    const { body } = await backend.request("GET", "/api/metadata/database-password");
    url = `postgres://postgres:${body.databasePassword}@127.0.0.1:${backend.postgresPort}/postgres`;
  });
  afterAll(() => backend.close());

  const activity = () => backend.database.engine.activity();
  const isLongRunning = () =>
    activity().running.some(({ statement }) => /pg_sleep/.test(statement));

  /** Runs `body` while a long statement runs, which is ended then. */
  async function besideLong<T>(body: () => Promise<T>): Promise<T> {
    const client = new AbortController();
    const long = fetch(`${backend.url}/api/database/advance/rawsql`, {
      method: "POST",
      headers: { authorization: `Bearer ${backend.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ query: LONG }),
      signal: client.signal,
    }).catch(() => {});
    try {
      await eventually(isLongRunning);
      return await body();
    } finally {
      client.abort();
      await long;
      await eventually(() => !isLongRunning());
    }
  }

  /** What is answered in time. */
  async function answers(paths: readonly string[]): Promise<string[]> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const headers = { authorization: `Bearer ${backend.apiKey}` };
    const asked = paths.map(async (path) => {
      const response = await fetch(backend.url + path, { headers, signal }).catch(() => undefined);
      const text = await response?.text().catch(() => undefined);
      return response?.ok && text !== undefined ? [path] : [];
    });
    return (await Promise.all(asked)).flat();
  }

  it("is answered while a statement runs, once the database has rested", async () => {
    await backend.request("POST", "/api/secrets", { key: "KEY", value: "value" });
    let answered: string[] = [];
    // It may begin before what was changed is read again, for which the database has to rest.
    await eventually(async () => {
      if (activity().running.length + activity().waiting > 0) return false;
      answered = await besideLong(() => answers(SETTINGS));
      return answered.length === SETTINGS.length;
    }, { betweenMs: 1000, timeoutMs: 180_000 }).catch(() => {});
    assertEquals(answered, SETTINGS);
  });

  it("waits for the statement where it may have changed, and the statement is told", async () => {
    await besideLong(async () => {
      const waiting = backend.request("GET", "/api/metadata");
      await eventually(() => activity().waiting > 0);
      const { body } = await backend.request("GET", "/api/local/activity");
      assertEquals(body.running.map(({ statement }: { statement: string }) => statement), [
        "SELECT pg_sleep(…)",
      ]);
      // One request may read several things at once.
      assert(body.waiting > 0);
      return { waiting };
    }).then(({ waiting }) => waiting);
  });

  it("is as it was changed last, whoever changed it", async () => {
    const names = async () => {
      const { body } = await backend.request("GET", "/api/storage/buckets");
      return body.map(({ name }: { name: string }) => name);
    };
    await backend.request("POST", "/api/storage/buckets", { bucketName: "a" });
    assertEquals(await names(), ["a"]);
    await backend.sql("INSERT INTO storage.buckets (name) VALUES ('b')");
    assertEquals(await names(), ["a", "b"]);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("INSERT INTO storage.buckets (name) VALUES ('c')");
    assertEquals(await names(), ["a", "b", "c"]);
    await client.query("BEGIN; INSERT INTO storage.buckets (name) VALUES ('d')");
    const inside = names();
    await eventually(() => activity().waiting > 0);
    await client.query("COMMIT");
    assertEquals(await inside, ["a", "b", "c", "d"]);
    await client.end();
    await backend.sql(
      "CREATE FUNCTION e() RETURNS void LANGUAGE sql SECURITY DEFINER AS " +
        "$$ INSERT INTO storage.buckets (name) VALUES ('e') $$",
    );
    await backend.request("POST", "/api/database/rpc/e");
    assertEquals(await names(), ["a", "b", "c", "d", "e"]);
    await backend.sql("DELETE FROM storage.buckets", { unrestricted: true });
    assertEquals(await names(), []);
  });
});
