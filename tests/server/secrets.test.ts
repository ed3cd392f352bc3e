import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import {
  createSecretResponseSchema,
  getSecretValueResponseSchema,
  listSecretsResponseSchema,
} from "@insforge/shared-schemas";
import { startBackend, type TestBackend } from "../support/backend.ts";

let backend: TestBackend;
let now = new Date("2026-01-01T00:00:00Z");

const add = (key: string, value: string, more: Record<string, unknown> = {}) =>
  backend.request("POST", "/api/secrets", { key, value, ...more });

describe("secrets", () => {
  beforeAll(async () => void (backend = await startBackend({ clock: () => now })));
  afterAll(() => backend.close());

  it("are created, read, listed without values, and encrypted at rest", async () => {
    const created = await add("TOKEN", "s3cret");
    assertEquals(created.status, 201);
    createSecretResponseSchema.parse(created.body);
    const read = await backend.request("GET", "/api/secrets/TOKEN");
    assertEquals(getSecretValueResponseSchema.parse(read.body), { key: "TOKEN", value: "s3cret" });
    const list = await backend.request("GET", "/api/secrets");
    listSecretsResponseSchema.parse(list.body);
    assertEquals(JSON.stringify(list.body).includes("s3cret"), false);
    const [row] = await backend.sql(
      "SELECT value_ciphertext AS stored FROM system.secrets WHERE key = 'TOKEN'",
      { unrestricted: true },
    );
    assert(/^[0-9a-f]{32}:[0-9a-f]{32}:[0-9a-f]{12}$/.test(row!.stored));
  });

  it("refuse what is there already, a bad key and an empty value", async () => {
    const again = await add("TOKEN", "other");
    assertEquals([again.status, again.body.error], [409, "SECRET_ALREADY_EXISTS"]);
    assertEquals((await add("bad-key", "v")).status, 400);
    assertEquals((await add("EMPTY", "")).status, 400);
    assertEquals((await add("DATED", "v", { expiresAt: "tomorrow" })).status, 400);
  });

  it("are deleted softly, brought back, and revived under the old id", async () => {
    const { id } = (await add("SOFT", "one")).body;
    assertEquals((await backend.request("DELETE", "/api/secrets/SOFT")).status, 200);
    assertEquals((await backend.request("GET", "/api/secrets/SOFT")).status, 404);
    await backend.request("PUT", "/api/secrets/SOFT", { isActive: true });
    assertEquals((await backend.request("GET", "/api/secrets/SOFT")).body.value, "one");
    await backend.request("DELETE", "/api/secrets/SOFT");
    assertEquals((await add("SOFT", "two")).body.id, id);
    assertEquals((await backend.request("GET", "/api/secrets/SOFT")).body.value, "two");
  });

  it("end at their expiry, by the backend's clock, until that is taken away", async () => {
    await add("BRIEF", "v", { expiresAt: "2026-01-02T00:00:00Z" });
    assertEquals((await backend.request("GET", "/api/secrets/BRIEF")).status, 200);
    now = new Date("2026-01-03T00:00:00Z");
    assertEquals((await backend.request("GET", "/api/secrets/BRIEF")).status, 404);
    assertEquals((await add("BRIEF", "w")).status, 409);
    await backend.request("PUT", "/api/secrets/BRIEF", { expiresAt: null });
    assertEquals((await backend.request("GET", "/api/secrets/BRIEF")).status, 200);
  });

  it("of the server can be read and not changed", async () => {
    const read = await backend.request("GET", "/api/secrets/API_KEY");
    assertEquals(read.body.value, backend.apiKey);
    for (const [method, body] of [["DELETE", undefined], ["PUT", { value: "x" }]] as const) {
      const refused = await backend.request(method, "/api/secrets/API_KEY", body);
      assertEquals([refused.status, refused.body.error], [403, "FORBIDDEN"]);
    }
  });

  it("are the administrator's alone", async () => {
    for (const key of [null, backend.anonKey, "ik_wrong"]) {
      assertEquals((await backend.request("GET", "/api/secrets", undefined, { key })).status, 401);
    }
  });

  it("rotate the keys, the old ones working until their time is over", async () => {
    const rotated = await backend.request("POST", "/api/secrets/anon-key/rotate", {
      gracePeriodHours: 1,
    });
    assertEquals(rotated.status, 200);
    assert(rotated.body.anonKey !== backend.anonKey);
    const wrong = await backend.request("POST", "/api/secrets/api-key/rotate", {
      gracePeriodHours: 9_999,
    });
    assertEquals(wrong.status, 400);
  });
});
