import { AuthChangeEvent } from "@insforge/sdk";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type Bench, type Calls, dataOf, PASSWORD } from "./calls.ts";

const APP = "http://localhost:3000/done";

async function signsIn(bench: Bench, email: string, password: string): Promise<boolean> {
  const { data } = await bench.client().auth.signInWithPassword({ email, password });
  return data?.user.email === email;
}

export const authCalls: Calls = {
  "auth.signUp": async (bench) => {
    const email = bench.email();
    const { user, accessToken } = dataOf(
      await bench.client().auth.signUp({ email, password: PASSWORD, name: "Ada" }),
    );
    assertEquals((await bench.row(email))!.id, user!.id);
    const known = bench.client({ accessToken: accessToken! });
    assertEquals((await known.auth.getCurrentUser()).data.user?.email, email);
  },
  "auth.signInWithPassword": async (bench) => {
    const { email } = await bench.user();
    assert(await signsIn(bench, email, PASSWORD));
    assert(!await signsIn(bench, email, "wrong horse"));
  },
  "auth.signOut": async (bench) => {
    const { sdk } = await bench.newUser();
    assertEquals((await sdk.auth.signOut()).error, null);
    assertEquals((await sdk.auth.getCurrentUser()).data.user, null);
    assert(!sdk.getHttpClient().getHeaders().Authorization?.includes("."));
  },
  "auth.getCurrentUser": async (bench) => {
    const { sdk, email, id } = await bench.user();
    const { user } = dataOf(await sdk.auth.getCurrentUser());
    assertEquals([user?.email, user?.id], [email, id]);
    assertEquals((await bench.client().auth.getCurrentUser()).data.user, null);
  },
  "auth.refreshSession": async (bench) => {
    const { refreshToken, id } = await bench.user();
    const data = dataOf(await bench.client().auth.refreshSession({ refreshToken }));
    assertEquals(data.user?.id, id);
    const renewed = bench.client({ accessToken: data.accessToken });
    assertEquals((await renewed.auth.getCurrentUser()).data.user?.id, id);
    const forged = await bench.client().auth.refreshSession({ refreshToken: `${refreshToken}x` });
    assertEquals(forged.error?.statusCode, 401);
  },
  "auth.setProfile": async (bench) => {
    const { sdk, email } = await bench.user();
    dataOf(await sdk.auth.setProfile({ name: "Ada", motto: "on" }));
    assertEquals((await bench.row(email))!.profile, { name: "Ada", motto: "on" });
  },
  "auth.getProfile": async (bench) => {
    const { sdk, id } = await bench.user();
    await sdk.auth.setProfile({ name: "Bea" });
    const { profile } = dataOf(await bench.client().auth.getProfile(id));
    assertEquals(profile?.name, "Bea");
  },
  "auth.getPublicAuthConfig": async (bench) => {
    const { body } = await bench.backend.request("GET", "/api/auth/config");
    const shown = dataOf(await bench.client().auth.getPublicAuthConfig());
    assertEquals(shown.passwordMinLength, body.passwordMinLength);
    assertEquals(shown.requireEmailVerification, body.requireEmailVerification);
  },
  "auth.resendVerificationEmail": async (bench) => {
    bench.later();
    const email = bench.email();
    await unconfirmed(bench, email);
    const [before] = await bench.codesTo(email);
    bench.later();
    dataOf(await bench.client().auth.resendVerificationEmail({ email }));
    assertNotEquals((await bench.codesTo(email))[0], before);
  },
  "auth.verifyEmail": async (bench) => {
    bench.later();
    const email = bench.email();
    await unconfirmed(bench, email);
    assertEquals((await bench.row(email))!.email_verified, false);
    const [otp] = await bench.codesTo(email);
    const { accessToken } = dataOf(await bench.client().auth.verifyEmail({ email, otp: otp! }));
    assertEquals((await bench.row(email))!.email_verified, true);
    const { data } = await bench.client({ accessToken: accessToken! }).auth.getCurrentUser();
    assertEquals(data.user?.email, email);
  },
  "auth.signInWithOtp": async (bench) => {
    bench.later();
    const email = bench.email();
    dataOf(await bench.client().auth.signInWithOtp({ email }));
    assertEquals((await bench.codesTo(email)).length, 1);
  },
  "auth.verifyOtp": async (bench) => {
    bench.later();
    const email = bench.email();
    await bench.client().auth.signInWithOtp({ email });
    const [otp] = await bench.codesTo(email);
    const { user } = dataOf(await bench.client().auth.verifyOtp({ email, otp: otp! }));
    assertEquals([user.id, user.emailVerified], [(await bench.row(email))!.id, true]);
  },
  "auth.sendResetPasswordEmail": async (bench) => {
    bench.later();
    const { email } = await bench.user();
    dataOf(await bench.client().auth.sendResetPasswordEmail({ email }));
    assertEquals((await bench.codesTo(email)).length, 1);
  },
  "auth.exchangeResetPasswordToken": async (bench) => {
    bench.later();
    const { email } = await bench.user();
    await bench.client().auth.sendResetPasswordEmail({ email });
    const [code] = await bench.codesTo(email);
    const { auth } = bench.client();
    const { token } = dataOf(await auth.exchangeResetPasswordToken({ email, code: code! }));
    assert(token);
  },
  "auth.resetPassword": async (bench) => {
    bench.later();
    const { email } = await bench.newUser();
    const { auth } = bench.client();
    await auth.sendResetPasswordEmail({ email });
    const [code] = await bench.codesTo(email);
    const { token } = dataOf(await auth.exchangeResetPasswordToken({ email, code: code! }));
    dataOf(await auth.resetPassword({ newPassword: "newer horse", otp: token }));
    assert(await signsIn(bench, email, "newer horse"));
    assert(!await signsIn(bench, email, PASSWORD));
  },
  "auth.signInWithOAuth": async (bench) => {
    const options = { redirectTo: APP, skipBrowserRedirect: true };
    const { url } = dataOf(await bench.client().auth.signInWithOAuth("google", options));
    const page = await fetch(url!);
    assertEquals([page.status, (await page.text()).includes("<form")], [200, true]);
  },
  "auth.exchangeOAuthCode": async (bench) => {
    const email = bench.email();
    const { auth } = bench.client();
    const options = { redirectTo: APP, skipBrowserRedirect: true };
    const { url, codeVerifier } = dataOf(await auth.signInWithOAuth("github", options));
    const code = await bench.consent(url!, email);
    const { user } = dataOf(await auth.exchangeOAuthCode(code, codeVerifier));
    assertEquals([user.id, user.email], [(await bench.row(email))!.id, email]);
  },
  // Google's own keys cannot be had here: tests/server/auth/oauth.test.ts signs with others.
  "auth.signInWithIdToken": async (bench) => {
    const claims = { iss: "https://accounts.google.com", sub: "1", email: "g@example.com" };
    const token = ["{}", JSON.stringify(claims), "x"].map(btoa).join(".");
    const { data, error } = await bench.client().auth.signInWithIdToken({
      provider: "google",
      token,
    });
    assertEquals([data, error!.statusCode >= 400], [null, true]);
    assertEquals(await bench.row("g@example.com"), undefined);
  },
  "auth.onAuthStateChange": async (bench) => {
    const { email } = await bench.user();
    const { auth } = bench.client({ isServerMode: false });
    const events: string[] = [];
    const stop = auth.onAuthStateChange((event) => events.push(event));
    dataOf(await auth.signInWithPassword({ email, password: PASSWORD }));
    await auth.signOut();
    stop();
    await auth.signInWithPassword({ email, password: PASSWORD });
    assertEquals(events, [AuthChangeEvent.SIGNED_IN, AuthChangeEvent.SIGNED_OUT]);
  },
};

/** Signs up while addresses have to be confirmed. */
async function unconfirmed(bench: Bench, email: string): Promise<void> {
  const require = (requireEmailVerification: boolean) =>
    bench.backend.request("PUT", "/api/auth/config", { requireEmailVerification });
  await require(true);
  await bench.client().auth.signUp({ email, password: PASSWORD });
  await require(false);
}
