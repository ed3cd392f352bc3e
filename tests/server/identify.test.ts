import { assertEquals, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { sign } from "hono/jwt";
import { ApiError } from "../../src/server/http/api_error.ts";
import { identify } from "../../src/server/http/identify.ts";
import { Keys } from "../../src/server/keys/keys.ts";

const ID = "11111111-2222-3333-4444-555555555555";

describe("who a credential stands for", () => {
  let folder: string;
  let keys: Keys;
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    keys = await Keys.load(`${folder}/keys.json`, () => new Date());
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  const token = (claims: Record<string, unknown>) => sign(claims, keys.jwtSecret, "HS256");

  it("is the owner, anybody or a user", async () => {
    const user = { role: "authenticated", sub: ID, email: "a@b.c" };
    assertEquals(await identify(keys.apiKey, keys), { role: "project_admin" });
    assertEquals(await identify(keys.anonKey, keys), { role: "anon" });
    assertEquals(await identify(await token({ role: "project_admin" }), keys), {
      role: "project_admin",
    });
    assertEquals(await identify(await token({ role: "anon", sub: ID }), keys), { role: "anon" });
    assertEquals(await identify(await token(user), keys), {
      role: "authenticated",
      userId: ID,
      email: "a@b.c",
    });
    const { userId } = await identify(await token({ ...user, sub: "auth0|1 OR true" }), keys);
    assertEquals(userId, "auth0|1 OR true");
  });

  it("is nobody for a part of a key, a key of another kind, or a token without a user", async () => {
    const { apiKey, anonKey } = keys;
    const wrong = [
      "ik_",
      "anon_",
      "",
      apiKey.slice(0, -1),
      `${apiKey}0`,
      anonKey.slice(0, -1),
      `anon_${apiKey.slice(3)}`,
      `ik_${anonKey.slice(5)}`,
      await token({ role: "authenticated" }),
      await token({ role: "authenticated", sub: "" }),
      await token({ role: "authenticated", sub: 1 }),
      await token({ role: "postgres" }),
    ];
    for (const credential of wrong) {
      const error = await assertRejects(() => identify(credential, keys), ApiError);
      assertEquals(error.status, 401, credential);
    }
  });
});
