import {
  accessTokenCookieOptions,
  clearAuthCookies,
  createAuthActions,
  createBrowserClient,
  createRefreshAuthRouter,
  createServerClient,
  getAccessTokenCookieName,
  getRefreshTokenCookieName,
  refreshAuth,
  refreshTokenCookieOptions,
  setAuthCookies,
  updateSession,
} from "@insforge/sdk/ssr";
import { assert, assertEquals } from "@std/assert";
import { type Bench, type Calls, dataOf, PASSWORD } from "./calls.ts";

const APP = "http://localhost:3000/done";

/** The cookies of one browser, as Next.js gives them to code on the server. */
class Cookies {
  readonly #values = new Map<string, string>();
  get(name: string) {
    const value = this.#values.get(name);
    return value === undefined ? undefined : { name, value };
  }
  set(name: string, value: string, options?: { maxAge?: number }) {
    if (options?.maxAge === 0) this.#values.delete(name);
    else this.#values.set(name, value);
  }
  get access() {
    return this.get(getAccessTokenCookieName())?.value;
  }
  get refresh() {
    return this.get(getRefreshTokenCookieName())?.value;
  }
}

const address = ({ backend: { url: baseUrl, anonKey } }: Bench) => ({ baseUrl, anonKey });
const actions = (bench: Bench, cookies: Cookies) =>
  createAuthActions({ ...address(bench), cookies });
/** Who the cookies of a browser sign in. */
const whoIs = async (bench: Bench, cookies: Cookies) =>
  (await createServerClient({ ...address(bench), cookies }).auth.getCurrentUser()).data.user?.email;

async function signedIn(bench: Bench) {
  const user = await bench.user();
  const cookies = new Cookies();
  setAuthCookies(cookies, user);
  return { ...user, cookies };
}

export const ssrCalls: Calls = {
  "actions.signUp": async (bench) => {
    const [email, cookies] = [bench.email(), new Cookies()];
    dataOf(await actions(bench, cookies).signUp({ email, password: PASSWORD }));
    assertEquals([await whoIs(bench, cookies), !!await bench.row(email)], [email, true]);
  },
  "actions.signInWithPassword": async (bench) => {
    const [{ email }, cookies] = [await bench.user(), new Cookies()];
    const data = dataOf(
      await actions(bench, cookies).signInWithPassword({ email, password: PASSWORD }),
    );
    assertEquals(await whoIs(bench, cookies), email);
    assert(!JSON.stringify(data).includes(cookies.access!));
  },
  "actions.signInWithOAuth": async (bench) => {
    const options = { redirectTo: APP, skipBrowserRedirect: true };
    const { url } = dataOf(await actions(bench, new Cookies()).signInWithOAuth("google", options));
    assertEquals(new URL(url!).origin, bench.backend.url);
  },
  "actions.exchangeOAuthCode": async (bench) => {
    const [email, cookies] = [bench.email(), new Cookies()];
    const auth = actions(bench, cookies);
    const options = { redirectTo: APP, skipBrowserRedirect: true };
    const { url, codeVerifier } = dataOf(await auth.signInWithOAuth("google", options));
    dataOf(await auth.exchangeOAuthCode(await bench.consent(url!, email), codeVerifier));
    assertEquals(await whoIs(bench, cookies), email);
  },
  "actions.signInWithIdToken": async (bench) => {
    const cookies = new Cookies();
    const forged = { provider: "google" as const, token: "a.b.c" };
    assert((await actions(bench, cookies).signInWithIdToken(forged)).error);
    assertEquals(cookies.access, undefined);
  },
  "actions.signInWithOtp": async (bench) => {
    bench.later();
    const email = bench.email();
    dataOf(await actions(bench, new Cookies()).signInWithOtp({ email }));
    assertEquals((await bench.codesTo(email)).length, 1);
  },
  "actions.verifyOtp": async (bench) => {
    bench.later();
    const [email, cookies] = [bench.email(), new Cookies()];
    await actions(bench, cookies).signInWithOtp({ email });
    const [otp] = await bench.codesTo(email);
    dataOf(await actions(bench, cookies).verifyOtp({ email, otp: otp! }));
    assertEquals(await whoIs(bench, cookies), email);
  },
  "actions.verifyEmail": async (bench) => {
    bench.later();
    const [email, cookies] = [bench.email(), new Cookies()];
    const require = (requireEmailVerification: boolean) =>
      bench.backend.request("PUT", "/api/auth/config", { requireEmailVerification });
    await require(true);
    await actions(bench, cookies).signUp({ email, password: PASSWORD });
    await require(false);
    assertEquals(cookies.access, undefined);
    const [otp] = await bench.codesTo(email);
    dataOf(await actions(bench, cookies).verifyEmail({ email, otp: otp! }));
    assertEquals(await whoIs(bench, cookies), email);
  },
  "actions.signOut": async (bench) => {
    const { cookies } = await signedIn(bench);
    assertEquals((await actions(bench, cookies).signOut()).error, null);
    assertEquals([cookies.access, await whoIs(bench, cookies)], [undefined, undefined]);
  },
  "ssr.createAuthActions": async (bench) => {
    const { cookies: requestCookies, email } = await signedIn(bench);
    const responseCookies = new Cookies();
    const auth = createAuthActions({ ...address(bench), requestCookies, responseCookies });
    await auth.signInWithPassword({ email, password: PASSWORD });
    assertEquals(await whoIs(bench, responseCookies), email);
  },
  "ssr.createServerClient": async (bench) => {
    const { cookies, email } = await signedIn(bench);
    assertEquals(await whoIs(bench, cookies), email);
    assertEquals(await whoIs(bench, new Cookies()), undefined);
  },
  "ssr.createBrowserClient": async (bench) => {
    const { cookies, id } = await signedIn(bench);
    const router = createRefreshAuthRouter({ ...address(bench), cookies });
    const sdk = createBrowserClient({
      ...address(bench),
      refreshUrl: "http://app.localhost/api/auth/refresh",
      fetch: (input, init) =>
        `${input}`.startsWith("http://app.")
          ? router.POST(new Request(input, { method: "POST" }))
          : fetch(input, init),
    });
    assertEquals(dataOf(await sdk.database.rpc("who_am_i")), id);
  },
  "ssr.createRefreshAuthRouter": async (bench) => {
    const { refreshToken, email } = await bench.user();
    const router = createRefreshAuthRouter(address(bench));
    const cookie = `${getRefreshTokenCookieName()}=${refreshToken}`;
    const request = new Request(APP, { method: "POST", headers: { cookie } });
    const response = await router.POST(request);
    assertEquals((await response.json()).user.email, email);
    assertEquals(response.headers.getSetCookie().length, 2);
    assertEquals((await router.POST(new Request(APP, { method: "POST" }))).status, 401);
  },
  "ssr.refreshAuth": async (bench) => {
    const { refreshToken, id } = await bench.user();
    const { data, error } = await refreshAuth({ ...address(bench), refreshToken });
    assertEquals([error, data?.user?.id], [null, id]);
    const forged = await refreshAuth({ ...address(bench), refreshToken: "a.b.c" });
    assertEquals(forged.response.status, 401);
  },
  "ssr.updateSession": async (bench) => {
    const { cookies, email } = await signedIn(bench);
    cookies.set(getAccessTokenCookieName(), "", { maxAge: 0 });
    const responseCookies = new Cookies();
    const result = await updateSession({
      ...address(bench),
      requestCookies: cookies,
      responseCookies,
    });
    assertEquals([result.error, result.refreshed], [null, true]);
    assertEquals(await whoIs(bench, responseCookies), email);
  },
  "ssr.setAuthCookies": async (bench) => {
    const { cookies, accessToken, refreshToken } = await signedIn(bench);
    assertEquals([cookies.access, cookies.refresh], [accessToken, refreshToken]);
  },
  "ssr.clearAuthCookies": async (bench) => {
    const { cookies } = await signedIn(bench);
    clearAuthCookies(cookies);
    assertEquals([cookies.access, cookies.refresh], [undefined, undefined]);
  },
  "ssr.getAccessTokenCookieName": () => {
    assertEquals(getAccessTokenCookieName({ accessToken: "mine" }), "mine");
  },
  "ssr.getRefreshTokenCookieName": () => {
    assertEquals(getRefreshTokenCookieName({ refreshToken: "mine" }), "mine");
  },
  "ssr.accessTokenCookieOptions": async (bench) => {
    const { accessToken } = await bench.user();
    const { expires, httpOnly } = accessTokenCookieOptions(accessToken);
    assertEquals([expires! > new Date(), httpOnly], [true, false]);
  },
  "ssr.refreshTokenCookieOptions": async (bench) => {
    const { refreshToken } = await bench.user();
    const { expires, httpOnly } = refreshTokenCookieOptions(refreshToken);
    assertEquals([expires! > new Date(), httpOnly], [true, true]);
  },
};
