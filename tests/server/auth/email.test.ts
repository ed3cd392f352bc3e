import { createClient } from "@insforge/sdk";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../../support/backend.ts";

const password = "correct horse";

interface Mail {
  subject: string;
  recipients: string[];
  codes: string[];
  links: string[];
}

describe("codes and links by mail", () => {
  let backend: TestBackend;
  let now = new Date();
  beforeAll(async () => {
    backend = await startBackend({ clock: () => now });
  });
  afterAll(() => backend.close());

  const client = () =>
    createClient({ baseUrl: backend.url, anonKey: backend.anonKey, isServerMode: true });
  const configure = (changes: object) => backend.request("PUT", "/api/auth/config", changes);

  /** Lets the limits on mail forget what was asked for. */
  function later(minutes = 20) {
    now = new Date(now.getTime() + minutes * 60_000);
  }

  async function lastMail(to: string): Promise<Mail> {
    const { body } = await backend.request("GET", `/api/local/mail?to=${to}&limit=1`);
    assertEquals(body.mails.length, 1, `mail to ${to}`);
    return body.mails[0];
  }

  async function follow(link: string): Promise<URL> {
    const answer = await fetch(link, { redirect: "manual" });
    await answer.body?.cancel();
    assertEquals(answer.status, 302);
    return new URL(answer.headers.get("location")!);
  }

  it("lets a new user in when the mailed code confirms the address", async () => {
    await configure({ requireEmailVerification: true });
    const email = "ada@example.com";
    const { data } = await client().auth.signUp({ email, password, name: "Ada <b>" });
    assertEquals(data, { accessToken: null, requireEmailVerification: true });
    const early = await client().auth.signInWithPassword({ email, password });
    assertEquals([early.error?.statusCode, early.error?.error], [403, "FORBIDDEN"]);

    const { codes: [otp] } = await lastMail(email);
    const wrong = await client().auth.verifyEmail({
      email,
      otp: otp === "111111" ? "2" : "111111",
    });
    assertEquals(wrong.error?.statusCode, 400);
    const verified = await client().auth.verifyEmail({ email, otp: otp! });
    assertEquals([verified.data?.user.email, verified.data?.user.emailVerified], [email, true]);
    assert(verified.data?.refreshToken);
    assertEquals((await client().auth.verifyEmail({ email, otp: otp! })).error?.statusCode, 400);
    assertEquals((await client().auth.signInWithPassword({ email, password })).error, null);
  });

  it("takes no code after three wrong ones, however many come at once, nor an old one", async () => {
    const email = "bea@example.com";
    await client().auth.signUp({ email, password });
    const { codes: [otp] } = await lastMail(email);
    const guesses = Array.from({ length: 6 }, (_, index) => String(index).repeat(6));
    const wrong = guesses.filter((guess) => guess !== otp);
    await Promise.all(wrong.map((otp) => client().auth.verifyEmail({ email, otp })));
    assertEquals((await client().auth.verifyEmail({ email, otp: otp! })).error?.statusCode, 400);

    later();
    await client().auth.resendVerificationEmail({ email });
    const { codes: [second] } = await lastMail(email);
    later(16);
    const old = await client().auth.verifyEmail({ email, otp: second! });
    assertEquals(old.error?.statusCode, 400);
  });

  it("confirms an address by a link, once, and leads back to the app", async () => {
    await configure({ requireEmailVerification: true, verifyEmailMethod: "link" });
    const email = "cleo@example.com";
    const none = await client().auth.signUp({ email, password });
    assertEquals([none.error?.statusCode, none.error?.error], [400, "INVALID_INPUT"]);
    const redirectTo = "http://localhost:3000/welcome?from=mail";
    assertEquals((await client().auth.signUp({ email, password, redirectTo })).error, null);

    const { links: [link] } = await lastMail(email);
    const there = await follow(link!);
    assertEquals(
      there.href,
      `${redirectTo}&insforge_type=verify_email&insforge_status=success`,
    );
    assertEquals((await client().auth.signInWithPassword({ email, password })).error, null);
    const again = await follow(link!);
    assertEquals(again.searchParams.get("insforge_status"), "error");
    const made = await fetch(`${backend.url}/api/auth/email/verify-link?token=${"0".repeat(64)}`);
    assertEquals(made.status, 400);
    await made.body?.cancel();
    await configure({ requireEmailVerification: false, verifyEmailMethod: "code" });
  });

  it("replaces a forgotten password by code", async () => {
    later();
    const email = "dora@example.com";
    await client().auth.signUp({ email, password });
    await client().auth.sendResetPasswordEmail({ email });
    const { codes: [code] } = await lastMail(email);
    const { data } = await client().auth.exchangeResetPasswordToken({ email, code: code! });
    const short = await client().auth.resetPassword({ newPassword: "1", otp: data!.token });
    assertEquals(short.error?.statusCode, 400);
    const newPassword = "battery staple";
    assertEquals(
      (await client().auth.resetPassword({ newPassword, otp: data!.token })).error,
      null,
    );
    const twice = await client().auth.resetPassword({ newPassword, otp: data!.token });
    assertEquals(twice.error?.statusCode, 400);
    assertEquals(
      (await client().auth.signInWithPassword({ email, password })).error?.statusCode,
      401,
    );
    assertEquals(
      (await client().auth.signInWithPassword({ email, password: newPassword })).error,
      null,
    );
  });

  it("replaces a forgotten password by link, only where redirects may go", async () => {
    later();
    const email = "eve@example.com";
    await client().auth.signUp({ email, password });
    await configure({
      resetPasswordMethod: "link",
      allowedRedirectUrls: ["http://localhost:3000/reset/*", "https://*.example.com/**"],
    });
    const send = (redirectTo: string) =>
      client().auth.sendResetPasswordEmail({ email, redirectTo });
    assertEquals((await send("http://evil.example/reset/1")).error?.statusCode, 400);
    assertEquals((await send("https://a.example.com.evil.org/x")).error?.statusCode, 400);
    assertEquals((await send("https://app.example.com/reset/1/2")).error, null);
    const { links: [link] } = await lastMail(email);
    const there = await follow(link!);
    assertEquals(there.hostname, "app.example.com");
    assertEquals(there.searchParams.get("insforge_status"), "ready");
    const otp = there.searchParams.get("token")!;
    assertEquals(
      (await client().auth.resetPassword({ newPassword: "a new one", otp })).error,
      null,
    );
    await configure({ resetPasswordMethod: "code", allowedRedirectUrls: [] });
  });

  it("signs in by a code alone, and makes a user of who is new", async () => {
    later();
    const post = (path: string, body: object) =>
      backend.request("POST", `/api/auth/${path}`, body, { key: null });
    const signIn = async (email: string, otp?: string) =>
      await post("sessions", { method: "otp", email, otp, name: "Fay" });
    assertEquals((await post("email/send-otp", { email: "fay@example.com" })).status, 202);
    const { codes: [otp] } = await lastMail("fay@example.com");
    const { body } = await signIn("fay@example.com", otp);
    assertEquals(
      [body.user.profile, body.user.emailVerified, body.user.providers],
      [{ name: "Fay" }, true, ["email"]],
    );
    assertEquals((await signIn("fay@example.com", otp)).status, 400);

    await configure({ disableSignup: true });
    await post("email/send-otp", { email: "new@example.com" });
    const { codes: [refused] } = await lastMail("new@example.com");
    assertEquals((await signIn("new@example.com", refused)).body.error, "AUTH_SIGNUP_DISABLED");
    await configure({ disableSignup: false });
  });

  it("takes the password of who registered a foreign address", async () => {
    later();
    const email = "gil@example.com";
    await client().auth.signUp({ email, password });
    await backend.request("POST", "/api/auth/email/send-otp", { email }, { key: null });
    const { codes: [otp] } = await lastMail(email);
    await backend.request("POST", "/api/auth/sessions", { method: "otp", email, otp });
    const thief = await client().auth.signInWithPassword({ email, password });
    assertEquals(thief.error?.statusCode, 401);
  });

  it("tells nobody who is a user, and mails only users", async () => {
    later();
    const answers = [];
    for (const email of ["dora@example.com", "nobody@example.com"]) {
      const sent = await client().auth.sendResetPasswordEmail({ email });
      answers.push([sent.data, sent.error]);
    }
    assertEquals(answers[0], answers[1]);
    const { body } = await backend.request("GET", "/api/local/mail?to=nobody@example.com");
    assertEquals(body.mails, []);
  });

  it("limits mail to an address, mail at all, and wrong codes", async () => {
    later();
    const reset = async (email: string) => {
      const { error } = await client().auth.sendResetPasswordEmail({ email });
      return error?.statusCode ?? 202;
    };
    assertEquals(await reset("dora@example.com"), 202);
    later(0.9);
    assertEquals(await reset("dora@example.com"), 429);
    const others = ["a", "b", "c", "d"].map((name) => reset(`${name}@example.com`));
    assertEquals((await Promise.all(others)).sort(), [202, 202, 202, 429]);
    const guess = async () => {
      const { error } = await client().auth.verifyEmail({ email: "a@example.com", otp: "000000" });
      return error?.statusCode;
    };
    const statuses = [];
    for (let attempt = 0; attempt < 11; attempt++) statuses.push(await guess());
    assertEquals(statuses, [...Array(10).fill(400), 429]);
    later();
    assertEquals(await guess(), 400);
  });

  it("says in the mail what the templates say, with names as text", async () => {
    later();
    const path = "/api/auth/email-templates/reset-password-code";
    const content = { subject: "{{ name }}: {{ token }}", bodyHtml: "<b>{{ name }}</b> {{ x }}" };
    assertEquals((await backend.request("PUT", path, content)).body.subject, content.subject);
    assertEquals(
      (await backend.request("PUT", "/api/auth/email-templates/x", content)).status,
      400,
    );
    const { body } = await backend.request("GET", "/api/auth/email-templates");
    assertEquals(body.data.length, 5);
    await client().auth.sendResetPasswordEmail({ email: "ada@example.com" });
    const mail = await lastMail("ada@example.com") as Mail & { html: string };
    assertMatch(mail.subject, /^Ada <b>: \d{6}$/);
    assertEquals(mail.html, "<b>Ada &lt;b&gt;</b> {{ x }}");
  });
});
