import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { sign } from "hono/jwt";
import { startBackend, type TestBackend } from "../support/backend.ts";

const user = "5d4f1c7e-6c3c-4d4e-9f39-0d3b3d1f6a10";
const adminRoutes = [
  ["GET", "/api/metadata"],
  ["GET", "/api/metadata/anon-key"],
  ["POST", "/api/auth/tokens/anon"],
  ["POST", "/api/database/advance/rawsql"],
  ["POST", "/api/database/advance/rawsql/unrestricted"],
  ["GET", "/api/database/tables"],
  ["DELETE", "/api/database/tables/t"],
  ["GET", "/api/database/policies"],
  ["POST", "/api/usage/mcp"],
  ["POST", "/api/local/shutdown"],
] as const;

describe("auth", () => {
  let backend: TestBackend;
  let secret: string;
  beforeAll(async () => {
    backend = await startBackend();
    const keys = JSON.parse(await Deno.readTextFile(`${backend.dataDir}/keys.json`));
    secret = keys.jwtSecret;
  });
  afterAll(() => backend.close());

  const now = () => Math.floor(Date.now() / 1000);

  async function outcome(key: string | null, headers?: Record<string, string>) {
    const { status, body } = await backend.request("GET", "/api/metadata", undefined, {
      key,
      headers,
    });
    return [status, body.error];
  }

  it("refuses every admin route without a credential", async () => {
    for (const [method, path] of adminRoutes) {
      const { status, body } = await backend.request(method, path, undefined, { key: null });
      assertEquals([path, status, body.error], [path, 401, "AUTH_INVALID_CREDENTIALS"]);
    }
  });

  it("refuses every admin route to a wrong key", async () => {
    for (const [method, path] of adminRoutes) {
      const { status, body } = await backend.request(method, path, undefined, { key: "ik_wrong" });
      assertEquals([path, status, body.error], [path, 401, "AUTH_INVALID_API_KEY"]);
    }
  });

  it("refuses every admin route to the anon key", async () => {
    for (const [method, path] of adminRoutes) {
      const key = backend.anonKey;
      const { status, body } = await backend.request(method, path, undefined, { key });
      assertEquals([path, status, body.error], [path, 401, "AUTH_UNAUTHORIZED"]);
    }
  });

  it("takes the API key as bearer and as x-api-key", async () => {
    assertEquals(await outcome(backend.apiKey), [200, undefined]);
    assertEquals(await outcome(null, { "x-api-key": backend.apiKey }), [200, undefined]);
    assertEquals(await outcome(null, { "x-api-key": "ik_wrong" }), [401, "AUTH_INVALID_API_KEY"]);
    assertEquals(await outcome(null, { "x-api-key": secret }), [401, "AUTH_INVALID_API_KEY"]);
  });

  it("refuses a bearer of another kind", async () => {
    assertEquals(await outcome("eyJhbGciOiJIUzI1NiJ9.e30.x"), [401, "AUTH_UNAUTHORIZED"]);
    assertEquals(await outcome("uak_0123"), [401, "AUTH_UNAUTHORIZED"]);
    assertEquals(
      await outcome(null, { authorization: "Basic aTpr" }),
      [401, "AUTH_INVALID_CREDENTIALS"],
    );
  });

  it("lets a signed token pass when its role is project_admin", async () => {
    const claims = { sub: user, role: "authenticated", exp: now() + 60 };
    assertEquals(await outcome(await sign(claims, secret)), [403, "AUTH_UNAUTHORIZED"]);
    const owner = { ...claims, role: "project_admin" };
    assertEquals(await outcome(await sign(owner, secret)), [200, undefined]);
  });

  it("refuses tokens that are expired, forged or unsigned", async () => {
    const owner = { sub: user, role: "project_admin", exp: now() + 60 };
    const expired = await sign({ ...owner, exp: now() - 60 }, secret);
    const forged = await sign(owner, `${secret}x`);
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(owner))}.`;
    for (const token of [expired, forged, unsigned]) {
      assertEquals(await outcome(token), [401, "AUTH_UNAUTHORIZED"]);
    }
  });
});
