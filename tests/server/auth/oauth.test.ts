import { createClient } from "@insforge/sdk";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { toFileUrl } from "@std/path";
import { sign } from "hono/jwt";
import { startBackend, type TestBackend } from "../../support/backend.ts";

const APP = "http://localhost:3000/done";

describe("sign-in by another service", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  const client = () =>
    createClient({ baseUrl: backend.url, anonKey: backend.anonKey, isServerMode: true });
  const configure = (changes: object) => backend.request("PUT", "/api/auth/config", changes);

  async function begin(provider: string, redirectTo = APP) {
    const { data, error } = await client().auth.signInWithOAuth(provider, {
      redirectTo,
      skipBrowserRedirect: true,
    });
    return { url: data.url!, codeVerifier: data.codeVerifier!, error };
  }

  async function visit(url: string, init: RequestInit = {}) {
    const answer = await fetch(url, { redirect: "manual", ...init });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  /** Fills the consent page in. @returns where the browser is sent */
  async function consent(url: string, fields: Record<string, string>, headers = {}) {
    const state = new URL(url).searchParams.get("state")!;
    const answer = await visit(url.split("?")[0]!, {
      method: "POST",
      body: new URLSearchParams({ state, ...fields }),
      headers,
    });
    const location = answer.headers.get("location");
    return { ...answer, there: location ? new URL(location) : undefined };
  }

  async function signIn(provider: string, fields: Record<string, string>) {
    const { url, codeVerifier } = await begin(provider);
    const { there } = await consent(url, fields);
    const code = there!.searchParams.get("insforge_code")!;
    return await client().auth.exchangeOAuthCode(code, codeVerifier);
  }

  it("says where it leads to", async () => {
    const { text } = await visit((await begin("google", "https://x@evil.example:8/?a")).url);
    assertStringIncludes(text, "<strong>https://evil.example:8</strong>");
  });

  it("asks on a page of this machine, and exchanges the code for a session", async () => {
    for (const provider of ["google", "github", "spotify"]) {
      const { data, error } = await signIn(provider, {
        email: `${provider}@Example.com`,
        name: "Ada",
        avatar: "https://example.com/a.png",
      });
      assertEquals(error, null);
      assertEquals(
        [data!.user.email, data!.user.profile, data!.user.providers, data!.user.emailVerified],
        [
          `${provider}@example.com`,
          { name: "Ada", avatar_url: "https://example.com/a.png" },
          [provider],
          true,
        ],
      );
      assert(data!.refreshToken);
    }
    const unknown = await begin("custom-test-provider");
    assertEquals(unknown.error?.statusCode, 404);
  });

  it("takes a code once, and only from who began the sign-in", async () => {
    const { url, codeVerifier } = await begin("google");
    const { there } = await consent(url, { email: "bea@example.com" });
    const code = there!.searchParams.get("insforge_code")!;
    const foreign = await client().auth.exchangeOAuthCode(code, "x".repeat(43));
    assertEquals([foreign.error?.statusCode, foreign.error?.error], [400, "AUTH_UNAUTHORIZED"]);
    const spent = await client().auth.exchangeOAuthCode(code, codeVerifier);
    assertEquals(spent.error?.statusCode, 400);
  });

  it("knows the account again, and the user of the address", async () => {
    const sdk = client();
    const { data: signedUp } = await sdk.auth.signUp({
      email: "cleo@example.com",
      password: "correct horse",
    });
    const id = signedUp!.user!.id;
    const first = await signIn("google", { email: "cleo@example.com", name: "Cleo <b>" });
    const second = await signIn("google", { email: "cleo@example.com" });
    assertEquals([first.data!.user.id, second.data!.user.id], [id, id]);
    assertEquals(second.data!.user.providers, ["google", "email"]);

    const page = await visit((await begin("google")).url);
    assertStringIncludes(page.text, "Cleo &lt;b&gt; &lt;cleo@example.com&gt;");
    assert(!page.text.includes("<b>"));
    assert(!(await visit((await begin("discord")).url)).text.includes("cleo"));
  });

  it("leads back without a code when it is cancelled, or sign-up is closed", async () => {
    const { url } = await begin("google");
    const cancelled = await consent(url, { cancel: "1" });
    assertEquals(cancelled.there!.href, `${APP}?error=access_denied`);
    await configure({ disableSignup: true });
    const closed = await consent(url, { email: "new@example.com" });
    assertMatch(closed.there!.searchParams.get("error")!, /no new users/);
    assertEquals((await consent(url, { email: "cleo@example.com" })).there!.searchParams.size, 1);
    await configure({ disableSignup: false });
  });

  it("serves the page to a person only, and only with a state of its own", async () => {
    const { url } = await begin("google");
    const fields = { email: "dora@example.com" };
    for (
      const headers of [
        { origin: "https://evil.example" },
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site", origin: "http://localhost:3000" },
      ]
    ) assertEquals((await consent(url, fields, headers)).status, 403);
    for (const [name, value] of [["sec-fetch-mode", "cors"], ["sec-fetch-dest", "iframe"]]) {
      assertEquals((await visit(url, { headers: { [name!]: value! } })).status, 403);
    }
    // With "no-referrer" a browser sends the page's own form with the origin "null".
    assertEquals((await visit(url)).headers.get("referrer-policy"), "same-origin");
    const own = { origin: backend.url, "sec-fetch-site": "same-origin" };
    assertEquals((await consent(url, fields, own)).status, 303);
    const forged = url.slice(0, -3) + "abc";
    assertEquals((await visit(forged)).status, 400);
    assertEquals((await consent(forged, fields)).status, 400);
    // This once took a time that grows with the square of its length.
    assertEquals((await consent(url, { email: "@".repeat(60_000) + " x" })).status, 400);
  });

  it("sends browsers only where redirects may go", async () => {
    await configure({ allowedRedirectUrls: ["https://app.example.com/**"] });
    assertEquals((await begin("google", "https://evil.example/x")).error?.statusCode, 400);
    assertEquals((await begin("google", "https://app.example.com/a/b")).error, null);
    await configure({ allowedRedirectUrls: [] });
  });

  it("goes to the real service once a client id is there, and keeps the secret", async () => {
    const path = "/api/auth/oauth/github/config";
    const settings = { clientId: "Iv1.abc", clientSecret: "hush-hush", useSharedKey: false };
    const { body } = await backend.request("PUT", path, settings);
    assertEquals([body.clientId, "clientSecret" in body], ["Iv1.abc", false]);
    const url = new URL((await begin("github")).url);
    assertEquals(url.origin + url.pathname, "https://github.com/login/oauth/authorize");
    assertEquals(url.searchParams.get("client_id"), "Iv1.abc");
    assertEquals(
      url.searchParams.get("redirect_uri"),
      `${backend.url}/api/auth/oauth/github/callback`,
    );
    assertEquals((await backend.request("GET", path)).body.clientSecret, "hush-hush");
    const row = await backend.sql("SELECT to_jsonb(c)::text AS t FROM auth.oauth_configs c");
    assert(!JSON.stringify(row).includes("hush-hush"));

    const { body: list } = await backend.request("GET", "/api/auth/oauth/configs");
    assertEquals(list.data.map(({ provider }: { provider: string }) => provider), [
      "github",
      "google",
    ]);
    const twice = await backend.request("POST", "/api/auth/oauth/configs", {
      provider: "github",
      useSharedKey: true,
    });
    assertEquals(twice.body.error, "AUTH_OAUTH_CONFIG_ALREADY_EXISTS");
    assertEquals((await backend.request("DELETE", path)).status, 200);
    assertEquals((await backend.request("GET", path)).status, 404);
    assertMatch((await begin("github")).url, /\/api\/auth\/oauth\/consent\?/);
  });

  it("signs in at an OpenID Connect service of the project's own", async () => {
    const asked: URLSearchParams[] = [];
    let hostile = {};
    await using service = Deno.serve({ port: 0, onListen: () => {} }, async (request) => {
      const { pathname, origin } = new URL(request.url);
      if (pathname === "/discovery") {
        return Response.json({
          authorization_endpoint: `${origin}/authorize`,
          token_endpoint: `${origin}/token`,
          userinfo_endpoint: `${origin}/me`,
          ...hostile,
        });
      }
      if (pathname === "/token") {
        asked.push(new URLSearchParams(await request.text()));
        return Response.json({ access_token: "of-eve" });
      }
      const isEve = request.headers.get("authorization") === "Bearer of-eve";
      return isEve
        ? Response.json({ sub: 7, email: "eve@example.com", name: "Eve" })
        : new Response(null, { status: 401 });
    });
    const { port } = service.addr;
    const created = await backend.request("POST", "/api/auth/oauth/custom/configs", {
      key: "acme",
      name: "Acme",
      discoveryEndpoint: `http://127.0.0.1:${port}/discovery`,
      clientId: "app",
      clientSecret: "hush-hush",
    });
    assertEquals(created.status, 200);
    assertEquals((await client().auth.getPublicAuthConfig()).data!.customOAuthProviders, ["acme"]);

    const { url, codeVerifier } = await begin("acme");
    const page = new URL(url);
    assertEquals(page.pathname, "/authorize");
    const state = page.searchParams.get("state")!;
    const callback = `${backend.url}/api/auth/oauth/custom/acme/callback?state=${state}`;
    const back = await visit(`${callback}&code=abc`);
    const there = new URL(back.headers.get("location")!);
    const { data } = await client().auth.exchangeOAuthCode(
      there.searchParams.get("insforge_code")!,
      codeVerifier,
    );
    assertEquals([data!.user.email, data!.user.providers], ["eve@example.com", ["acme"]]);
    assertEquals(
      ["grant_type", "code", "client_id", "client_secret"].map((name) => asked[0]!.get(name)),
      ["authorization_code", "abc", "app", "hush-hush"],
    );
    const digest = await crypto.subtle.digest(
      "SHA-256",
      new TextEncoder().encode(asked[0]!.get("code_verifier")!),
    );
    const challenge = new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
    assertEquals(page.searchParams.get("code_challenge"), challenge);

    const again = await visit(`${callback}&code=abc`);
    assertMatch(again.headers.get("location")!, /error=/);
    const other = await visit(
      `${backend.url}/api/auth/oauth/google/callback?state=${state}&code=a`,
    );
    assertEquals(other.status, 400);

    // Of a browser and of this server it may ask for the web alone.
    for (
      const [name, address] of [
        ["authorization_endpoint", "javascript:alert(1)"],
        ["token_endpoint", "data:application/json,{}"],
        ["userinfo_endpoint", toFileUrl(`${backend.dataDir}/keys.json`).href],
      ] as const
    ) {
      hostile = { [name]: address };
      const wanted = new URLSearchParams({ redirect_uri: APP, code_challenge: challenge });
      const path = `/api/auth/oauth/custom/acme?${wanted}`;
      const { status, body } = await backend.request("GET", path, undefined, { key: null });
      assertEquals([status, body.message], [
        502,
        `The discovery document of acme has no ${name}`,
      ]);
    }
  });

  it("believes an ID token only with the service's signature, for this app, in time", async () => {
    const algorithm = {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    };
    const pair = async () =>
      await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as CryptoKeyPair;
    const [google, thief] = [await pair(), await pair()];
    const { kty, n, e } = await crypto.subtle.exportKey("jwk", google.publicKey);
    const realFetch = globalThis.fetch;
    // The service's keys, which a closed network cannot ask for.
    globalThis.fetch = (input, init) =>
      String(input) === "https://www.googleapis.com/oauth2/v3/certs"
        ? Promise.resolve(Response.json({ keys: [{ kty, n, e, kid: "1", alg: "RS256" }] }))
        : realFetch(input, init);
    try {
      const path = "/api/auth/oauth/google/config";
      await backend.request("PUT", path, { clientId: "web", nativeClientIds: ["phone"] });
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: "https://accounts.google.com",
        aud: "phone",
        sub: "1234",
        email: "Fay@example.com",
        email_verified: true,
        name: "Fay",
        exp: now + 60,
      };
      const token = async (changes: object, key = google.privateKey) => {
        const jwk = await crypto.subtle.exportKey("jwk", key);
        return await sign({ ...claims, ...changes }, { ...jwk, alg: "RS256", kid: "1" } as never);
      };
      const signIn = async (token: string) =>
        await client().auth.signInWithIdToken({ provider: "google", token });
      const { data } = await signIn(await token({}));
      assertEquals([data!.user.email, data!.user.providers], ["fay@example.com", ["google"]]);
      for (
        const wrong of [
          await token({}, thief.privateKey),
          await token({ aud: "another" }),
          await token({ iss: "https://evil.example" }),
          await token({ exp: now - 1 }),
          await sign(claims, n!),
          "nonsense",
        ]
      ) assertEquals((await signIn(wrong)).error?.statusCode, 401);
    } finally {
      globalThis.fetch = realFetch;
    }
  });
});

describe("the owner's session in a browser", () => {
  it("opens with the API key, and is renewed by cookie and CSRF token", async () => {
    const backend = await startBackend();
    const post = (path: string, body?: object, headers = {}) =>
      backend.request("POST", `/api/auth/admin/${path}`, body, { key: null, headers });
    const wrong = await post("sessions", { username: "admin", password: "x" });
    assertEquals(wrong.status, 401);
    const { body, headers } = await post("sessions", {
      username: "admin",
      password: backend.apiKey,
    });
    const cookie = headers.get("set-cookie")!.split(";")[0]!;
    const metadata = await backend.request("GET", "/api/metadata", undefined, {
      key: body.accessToken,
    });
    assertEquals(metadata.status, 200);
    assertEquals((await post("refresh", undefined, { cookie })).status, 403);
    const renewed = await post("refresh", undefined, { cookie, "x-csrf-token": body.csrfToken });
    assertEquals(renewed.body.admin, { sub: "local:admin" });
    // The cookie of the owner is no user's, and the other way round.
    const user = cookie.replace("insforge_admin_refresh_token", "insforge_refresh_token");
    const crossed = await backend.request("POST", "/api/auth/refresh", undefined, {
      headers: { cookie: user, "x-csrf-token": body.csrfToken },
    });
    assertEquals(crossed.status, 401);
    await backend.close();
  });
});
