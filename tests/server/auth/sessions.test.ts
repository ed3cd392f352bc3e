import { createClient } from "@insforge/sdk";
import {
  createSessionResponseSchema,
  createUserResponseSchema,
  getPublicAuthConfigResponseSchema,
  listUsersResponseSchema,
  refreshSessionResponseSchema,
} from "@insforge/shared-schemas";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import bcrypt from "bcryptjs";
import { decode, sign, verify } from "hono/jwt";
import { startBackend, type TestBackend } from "../../support/backend.ts";

const password = "correct horse";

describe("sign-up and sign-in", () => {
  let backend: TestBackend;
  let now = new Date();
  beforeAll(async () => {
    backend = await startBackend({ clock: () => now });
  });
  afterAll(() => backend.close());

  const client = () =>
    createClient({ baseUrl: backend.url, anonKey: backend.anonKey, isServerMode: true });

  async function signUp(email: string, name?: string) {
    const sdk = client();
    const { data, error } = await sdk.auth.signUp({ email, password, name });
    assertEquals(error, null);
    return { sdk, user: data!.user!, session: data! };
  }

  it("signs a user up, in, and tells who is signed in", async () => {
    const { user, session } = await signUp("Ada@Example.com", "Ada");
    createUserResponseSchema.parse(session);
    assertEquals([user.email, user.profile, user.providers], ["ada@example.com", { name: "Ada" }, [
      "email",
    ]]);
    const known = createClient({ baseUrl: backend.url, accessToken: session.accessToken! });
    assertEquals((await known.auth.getCurrentUser()).data.user, user);

    const again = await client().auth.signInWithPassword({ email: "ada@example.com", password });
    assertEquals(again.data?.user, user);
    createSessionResponseSchema.parse(again.data);
  });

  it("refuses a taken address, a short password and a wrong one", async () => {
    await signUp("bea@example.com");
    const taken = await client().auth.signUp({ email: "BEA@example.com", password });
    assertEquals([taken.error?.statusCode, taken.error?.error], [409, "AUTH_EMAIL_EXISTS"]);
    const short = await client().auth.signUp({ email: "c@example.com", password: "12345" });
    assertEquals([short.error?.statusCode, short.error?.error], [400, "INVALID_INPUT"]);
    const refused = async (email: string, password: string) => {
      const { error } = await client().auth.signInWithPassword({ email, password });
      return [error?.statusCode, error?.error, error?.message];
    };
    const wrong = await refused("bea@example.com", "wrong horse");
    assertEquals(wrong.slice(0, 2), [401, "AUTH_UNAUTHORIZED"]);
    assertEquals(await refused("nobody@example.com", password), wrong);
  });

  it("does the same work for an unknown user as for a wrong password", async () => {
    await signUp("cleo@example.com");
    const { compare } = bcrypt;
    /** The costs of the hashes that a sign-in is compared with. */
    const workFor = async (email: string) => {
      const costs: number[] = [];
      bcrypt.compare = (password: string, hash: string) => {
        costs.push(bcrypt.getRounds(hash));
        return compare(password, hash);
      };
      try {
        await client().auth.signInWithPassword({ email, password: "wrong horse" });
      } finally {
        bcrypt.compare = compare;
      }
      return costs;
    };
    const known = await workFor("cleo@example.com");
    assertEquals([known, await workFor("nobody@example.com")], [[10], [10]]);
  });

  it("hashes passwords with bcrypt and shows none", async () => {
    const { session } = await signUp("dora@example.com");
    const rows = await backend.sql(
      "SELECT password FROM auth.users WHERE email = 'dora@example.com'",
    );
    assertMatch(rows[0]!.password, /^\$2[aby]\$10\$/);
    assert(!JSON.stringify(session).includes("$2"));
  });

  it("signs tokens with a key that its JWKS tells", async () => {
    const { session } = await signUp("eve@example.com");
    const { body } = await backend.request("GET", "/.well-known/jwks.json", undefined, {
      key: null,
    });
    const [key] = body.keys;
    assertEquals(Object.keys(key).sort(), ["alg", "e", "kid", "kty", "n", "use"]);
    assertEquals(decode(session.accessToken!).header, {
      alg: "RS256",
      typ: "JWT",
      kid: key.kid,
    } as never);
    const claims = await verify(session.accessToken!, key, "RS256");
    assertEquals(
      [claims.sub, claims.email, claims.role],
      [session.user!.id, "eve@example.com", "authenticated"],
    );
    assertEquals((claims.exp as number) - (claims.iat as number), 15 * 60);
  });

  it("renews a session with a refresh token, and with no other token", async () => {
    const { sdk, session } = await signUp("fay@example.com");
    const { refreshToken } = session;
    const renewed = await sdk.auth.refreshSession({ refreshToken });
    refreshSessionResponseSchema.parse(renewed.data);
    assertEquals(renewed.data?.user, session.user);

    const refused = async (refreshToken: string) => {
      const { error } = await sdk.auth.refreshSession({ refreshToken });
      return [error?.statusCode, error?.error];
    };
    assertEquals(await refused(session.accessToken!), [401, "AUTH_UNAUTHORIZED"]);
    assertEquals(await refused(`${refreshToken}x`), [401, "AUTH_UNAUTHORIZED"]);
    now = new Date(now.getTime() + 8 * 24 * 60 * 60 * 1000);
    assertEquals(await refused(refreshToken!), [401, "AUTH_UNAUTHORIZED"]);
    now = new Date();
  });

  it("takes a refresh token for no access token, and an access token for fifteen minutes", async () => {
    const { session } = await signUp("gil@example.com");
    const status = async (key: string) =>
      (await backend.request("GET", "/api/auth/sessions/current", undefined, { key })).status;
    assertEquals(await status(session.accessToken!), 200);
    assertEquals(await status(session.refreshToken!), 401);
    now = new Date(now.getTime() + 16 * 60 * 1000);
    assertEquals(await status(session.accessToken!), 401);
    now = new Date();
  });

  it("keeps a browser's refresh token in a cookie that a CSRF token unlocks", async () => {
    await signUp("hal@example.com");
    const post = (path: string, body: unknown, headers?: Record<string, string>) =>
      backend.request("POST", `/api/auth/${path}`, body, { key: backend.anonKey, headers });
    const { body, headers } = await post("sessions", { email: "hal@example.com", password });
    assertEquals(body.refreshToken, undefined);
    const set = headers.get("set-cookie")!;
    assertMatch(set, /^insforge_refresh_token=.+; Max-Age=604800; Path=\/api\/auth; HttpOnly/);
    const cookie = set.split(";")[0]!;

    assertEquals((await post("refresh", undefined, { cookie })).status, 403);
    const csrf = { cookie, "x-csrf-token": body.csrfToken };
    const other = {
      cookie,
      "x-csrf-token": body.csrfToken.replace(/^./, (digit: string) => digit === "0" ? "1" : "0"),
    };
    assertEquals((await post("refresh", undefined, other)).status, 403);
    // As a server on another port would, which gets the cookie as well.
    const taken = { refreshToken: cookie.split("=")[1] };
    assertEquals((await post("refresh?client_type=server", taken)).status, 403);
    const renewed = await post("refresh", undefined, csrf);
    assertEquals([renewed.status, renewed.body.csrfToken], [200, body.csrfToken]);
    assertEquals((await post("logout", undefined, { cookie })).status, 403);
    const out = await post("logout", undefined, csrf);
    assertMatch(out.headers.get("set-cookie")!, /^insforge_refresh_token=; Max-Age=0/);
    assertEquals((await post("refresh", undefined)).status, 401);
  });

  it("gives another site's page a cookie that crosses sites", async () => {
    await signUp("ida@example.com");
    const attributes = async (origin: string) => {
      const { headers } = await backend.request(
        "POST",
        "/api/auth/sessions",
        { email: "ida@example.com", password },
        { headers: { origin } },
      );
      return /(Secure; )?SameSite=.*/.exec(headers.get("set-cookie")!)![0];
    };
    assertEquals(await attributes("http://127.0.0.1:5173"), "SameSite=Lax");
    assertEquals(await attributes("http://localhost:5173"), "Secure; SameSite=None; Partitioned");
  });

  it("merges into profiles, which anybody can read", async () => {
    const { sdk, user } = await signUp("joe@example.com", "Joe");
    const { data } = await sdk.auth.setProfile({ bio: "Likes trains" });
    const profile = { name: "Joe", bio: "Likes trains" };
    assertEquals(data, { id: user.id, profile });
    assertEquals((await client().auth.getProfile(user.id)).data, { id: user.id, profile });
    const anonymous = await client().auth.setProfile({ bio: "x" });
    assertEquals(anonymous.error?.statusCode, 401);
  });

  it("lets a user's token into records, policies, functions of SQL and foreign keys", async () => {
    const { sdk, user } = await signUp("kim@example.com");
    const other = await signUp("lea@example.com");
    await backend.sql(`CREATE TABLE notes (id serial PRIMARY KEY, text text,
      owner uuid DEFAULT auth.uid() REFERENCES auth.users (id) ON DELETE CASCADE);
      ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON notes TO authenticated USING (owner = auth.uid());
      CREATE FUNCTION me() RETURNS text LANGUAGE sql AS 'SELECT auth.email()'`);
    await sdk.database.from("notes").insert([{ text: "mine" }]);
    const mine = await sdk.database.from("notes").select("text, owner");
    assertEquals(mine.data, [{ text: "mine", owner: user.id }]);
    assertEquals((await other.sdk.database.from("notes").select()).data, []);
    assertEquals((await sdk.database.rpc("me")).data, "kim@example.com");

    await backend.request("DELETE", "/api/auth/users", { userIds: [user.id] });
    assertEquals(await backend.sql("SELECT * FROM notes"), []);
  });

  it("runs triggers on auth.users", async () => {
    await backend.sql("CREATE TABLE people (id uuid PRIMARY KEY, name text)");
    await backend.sql(
      `CREATE FUNCTION greet() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          INSERT INTO public.people VALUES (NEW.id, NEW.profile ->> 'name');
          RETURN NEW;
        END $$;
      CREATE TRIGGER greet AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION greet()`,
      { unrestricted: true },
    );
    const { user } = await signUp("mia@example.com", "Mia");
    assertEquals(await backend.sql("SELECT * FROM people"), [{ id: user.id, name: "Mia" }]);
    await backend.sql("DROP TRIGGER greet ON auth.users", { unrestricted: true });
  });

  it("lets the owner list, search, read, add and delete users, and nobody else", async () => {
    const { session } = await signUp("nora@example.com", "Nora Nut");
    const { body: page } = await backend.request("GET", "/api/auth/users?limit=2&search=Nut");
    listUsersResponseSchema.parse(page);
    assertEquals(page.data.map(({ email }: { email: string }) => email), ["nora@example.com"]);
    assertEquals(page.pagination, { offset: 0, limit: 2, total: 1 });

    const added = { email: "otto@example.com", password, autoConfirm: true };
    const { body: created, headers } = await backend.request("POST", "/api/auth/users", added);
    assertEquals([created.refreshToken, headers.get("set-cookie")], [undefined, null]);
    assertEquals(created.user.emailVerified, true);
    const path = `/api/auth/users/${created.user.id}`;
    assertEquals((await backend.request("GET", path)).body, created.user);
    const gone = await backend.request("DELETE", "/api/auth/users", { userIds: [created.user.id] });
    assertEquals(gone.body.deletedCount, 1);
    assertEquals((await backend.request("GET", path)).status, 404);
    assertEquals((await backend.request("GET", "/api/auth/users/7")).status, 400);

    for (const [method, path] of [["GET", "/users"], ["DELETE", "/users"], ["GET", "/config"]]) {
      const { status } = await backend.request(method!, `/api/auth${path}`, undefined, {
        key: session.accessToken!,
      });
      assertEquals(status, 403);
    }
  });

  it("keeps to the project's rules", async () => {
    const set = (changes: object) => backend.request("PUT", "/api/auth/config", changes);
    const { body } = await set({ disableSignup: true, passwordMinLength: 12, requireNumber: true });
    assertEquals([body.disableSignup, body.passwordMinLength], [true, 12]);
    const closed = await client().auth.signUp({
      email: "pia@example.com",
      password: "long enough 1",
    });
    assertEquals(closed.error?.error, "AUTH_SIGNUP_DISABLED");
    await set({ disableSignup: false });
    const weak = await client().auth.signUp({ email: "pia@example.com", password: "long enough" });
    assertEquals(weak.error?.statusCode, 400);
    assertMatch(weak.error!.message, /12 characters, a digit/);

    const { data: known } = await client().auth.getPublicAuthConfig();
    getPublicAuthConfigResponseSchema.parse(known);
    assertEquals([known!.passwordMinLength, "allowedRedirectUrls" in known!], [12, false]);
    assertNotEquals((await set({ passwordMinLength: 2 })).status, 200);
    await set({ passwordMinLength: 6, requireNumber: false });
  });

  it("refuses forged and foreign tokens everywhere", async () => {
    const { user } = await signUp("quin@example.com");
    const claims = { sub: user.id, role: "authenticated", exp: Math.floor(Date.now() / 1000) + 60 };
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
    const { body } = await backend.request("GET", "/.well-known/jwks.json");
    const { kid, n } = body.keys[0];
    const foreign = await crypto.subtle.exportKey("jwk", privateKey);
    const tokens = [
      await sign(claims, { ...foreign, alg: "RS256", kid } as never),
      await sign(claims, { ...foreign, alg: "RS256", kid: "another" } as never),
      // The public key as a shared secret.
      await sign(claims, n),
      `${btoa('{"alg":"none"}').replaceAll("=", "")}.${btoa(JSON.stringify(claims))}.`,
    ];
    for (const key of tokens) {
      for (
        const path of ["/api/auth/sessions/current", "/api/database/records/notes", "/api/metadata"]
      ) {
        assertEquals((await backend.request("GET", path, undefined, { key })).status, 401);
      }
    }
  });
});
