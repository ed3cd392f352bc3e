import { createClient } from "@insforge/sdk";
import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { decode, sign } from "hono/jwt";
import { startBackend, type TestBackend } from "../support/backend.ts";

type Claims = Record<string, unknown>;

const base64url = (value: unknown) =>
  new TextEncoder().encode(JSON.stringify(value)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });

describe("the tokens of an app's users", () => {
  let backend: TestBackend;
  /** A token that is in order, and what it says. */
  let token: string;
  let claims: Claims;
  let refreshToken: string;
  let secret: string;
  beforeAll(async () => {
    backend = await startBackend();
    secret = JSON.parse(await Deno.readTextFile(`${backend.dataDir}/keys.json`)).jwtSecret;
    const sdk = createClient({
      baseUrl: backend.url,
      anonKey: backend.anonKey,
      isServerMode: true,
    });
    const { data } = await sdk.auth.signUp({ email: "ada@example.com", password: "correct horse" });
    token = data!.accessToken!;
    refreshToken = data!.refreshToken!;
    claims = decode(token).payload as Claims;
    await backend.sql(`CREATE TABLE notes (text text, owner uuid DEFAULT auth.uid());
      ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON notes TO authenticated USING (owner = auth.uid());
      CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'`);
    await backend.request("POST", "/api/storage/buckets", { bucketName: "b", isPublic: false });
  });
  afterAll(() => backend.close());

  /** Where a token counts, and the status that an accepted one gets. */
  const routes = [
    ["GET", "/api/auth/sessions/current", 200],
    ["PATCH", "/api/auth/profiles/current", 200],
    ["GET", "/api/database/records/notes", 200],
    ["POST", "/api/database/rpc/one", 200],
    ["GET", "/api/storage/buckets/b/objects", 200],
    ["POST", "/api/email/send-raw", 200],
    ["GET", "/api/metadata", 403],
    ["POST", "/api/auth/users", 200],
  ] as const;

  async function statusOf(method: string, path: string, key: string): Promise<number> {
    const bodies: Record<string, unknown> = {
      "/api/auth/profiles/current": { profile: {} },
      "/api/email/send-raw": { to: "a@example.com", subject: "x", html: "x" },
      "/api/auth/users": { email: `${crypto.randomUUID()}@example.com`, password: "correct horse" },
      "/api/database/rpc/one": {},
    };
    return (await backend.request(method, path, bodies[path], { key })).status;
  }

  /** More than fifty that are not in order, by what is wrong with them. */
  async function forged(): Promise<Map<string, string>> {
    const [head, body, mark] = token.split(".") as [string, string, string];
    const { kid } = decode(token).header as { kid?: string };
    const now = Math.floor(Date.now() / 1000);
    const { body: { keys: [publicKey] } } = await backend.request("GET", "/.well-known/jwks.json");
    const { privateKey } = await crypto.subtle.generateKey(
      {
        name: "RSASSA-PKCS1-v1_5",
        modulusLength: 2048,
        publicExponent: new Uint8Array([1, 0, 1]),
        hash: "SHA-256",
      },
      true,
      ["sign", "verify"],
    ) as CryptoKeyPair;
    const foreign = await crypto.subtle.exportKey("jwk", privateKey);
    const byAnother = (claims: Claims, kid?: string) =>
      sign(claims, { ...foreign, alg: "RS256", kid } as never);
    const fresh: Claims = { ...claims, exp: now + 3600 };
    const owner: Claims = { ...fresh, role: "project_admin" };
    const all = new Map<string, string>();

    for (
      const alg of ["none", "None", "NONE", "nOnE", "HS256", "HS512", "RS256", "RS512", "ES256"]
    ) {
      for (const end of ["", mark, "AA"]) {
        for (const said of [fresh, owner]) {
          all.set(
            `${alg} ${end.length} ${said.role}`,
            `${base64url({ alg, typ: "JWT", kid })}.${base64url(said)}.${end}`,
          );
        }
      }
    }
    for (const said of [fresh, owner]) {
      all.set(`another key, ${said.role}`, await byAnother(said, kid));
      all.set(`another key and name, ${said.role}`, await byAnother(said, "mine"));
      all.set(`another key without name, ${said.role}`, await byAnother(said));
      all.set(`the public key as secret, ${said.role}`, await sign(said, publicKey.n));
      all.set(`its JSON as secret, ${said.role}`, await sign(said, JSON.stringify(publicKey)));
      all.set(`the anon key as secret, ${said.role}`, await sign(said, backend.anonKey));
      all.set(`an empty-looking secret, ${said.role}`, await sign(said, " "));
      all.set(`HS512 of the secret, ${said.role}`, await sign(said, secret, "HS512"));
    }
    for (const exp of [now, now - 1, 0, -1, "soon", null, "9999999999"]) {
      all.set(`ends ${exp}`, await sign({ ...claims, exp } as Claims, secret));
    }
    all.set("begins later", await sign({ ...fresh, nbf: now + 3600 }, secret));
    all.set("names nobody", await sign({ ...fresh, sub: undefined }, secret));
    all.set("names an empty id", await sign({ ...fresh, sub: "" }, secret));
    all.set("names a number", await sign({ ...fresh, sub: 1 }, secret));
    all.set("of another type", await sign({ ...fresh, type: "oauth state" }, secret));
    all.set("a refresh token", refreshToken);
    all.set("cut off", token.slice(0, -2));
    all.set("changed", `${head}.${base64url(owner)}.${mark}`);
    all.set("two parts", `${head}.${body}`);
    all.set("four parts", `${token}.x`);
    all.set("twice", `${token} ${token}`);
    all.set("the anon key's prefix", `anon_${token}`);
    all.set("the API key's prefix", `ik_${token}`);
    return all;
  }

  it("open what they are for when they are in order", async () => {
    for (const [method, path, status] of routes) {
      assertEquals(await statusOf(method, path, token), status, `${method} ${path}`);
    }
  });

  it("may be another system's, whose users have ids of their own", async () => {
    await backend.sql(`CREATE TABLE foreign_notes (text text,
        owner text DEFAULT auth.jwt() ->> 'sub');
      ALTER TABLE foreign_notes ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON foreign_notes TO authenticated USING (owner = auth.jwt() ->> 'sub');`);
    const path = "/api/database/records/foreign_notes";
    const exp = Math.floor(Date.now() / 1000) + 60;
    for (const sub of ["user_2abcDEF", "auth0|x", "' OR true --", "1 OR true"]) {
      const key = await sign({ sub, role: "authenticated", aud: "insforge-api", exp }, secret);
      const made = await backend.request("POST", path, { text: sub }, { key });
      assertEquals(made.status, 201);
      const { body } = await backend.request("GET", path, undefined, { key });
      assertEquals(body, [{ text: sub, owner: sub }]);
      for (const [method, own] of [["GET", "sessions/current"], ["PATCH", "profiles/current"]]) {
        const sent = method === "PATCH" ? { profile: {} } : undefined;
        const { status } = await backend.request(method!, `/api/auth/${own}`, sent, { key });
        assertEquals([401, 404].includes(status), true, `${own} ${status}`);
      }
    }
  });

  it("open nothing when they are forged, foreign, expired or of another kind", async () => {
    const tokens = await forged();
    assert(tokens.size >= 50, String(tokens.size));
    for (const [what, key] of tokens) {
      for (const [method, path] of routes) {
        assertEquals(await statusOf(method, path, key), 401, `${what}: ${method} ${path}`);
      }
    }
  });

  it("and passwords are in no log", async () => {
    const said: string[] = [];
    for await (const { name } of Deno.readDir(`${backend.dataDir}/logs`)) {
      said.push(await Deno.readTextFile(`${backend.dataDir}/logs/${name}`));
    }
    assert(said.join("").includes("HTTP Request"));
    for (const hidden of ["correct horse", token, refreshToken, secret]) {
      assert(!said.join("").includes(hidden));
    }
  });
});
