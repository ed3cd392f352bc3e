import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { startBackend } from "../../support/backend.ts";
import { startSmtpServer } from "../../support/smtp_server.ts";

describe("mail by SMTP", () => {
  it("leaves the machine when a server is set up, and stays in the inbox too", async () => {
    await using server = startSmtpServer("app", "hush-hush");
    let now = new Date();
    const backend = await startBackend({ clock: () => now });
    const mail = {
      to: "ada@example.com",
      bcc: "bea@example.com",
      subject: "Hello",
      html: "<p>ü</p>",
    };
    const send = async () =>
      (await backend.request("POST", "/api/email/send-raw", mail)).body.error;
    const config = {
      enabled: false,
      host: "127.0.0.1",
      port: 2525,
      username: "app",
      password: "hush-hush",
      senderEmail: "app@example.com",
      senderName: 'The "App"',
      minIntervalSeconds: 60,
    };
    const saved = await backend.request("PUT", "/api/auth/smtp-config", config);
    assertEquals([saved.body.hasPassword, "password" in saved.body], [true, false]);
    // The API takes the usual ports only; this one is free.
    const where = `UPDATE email.config SET enabled = true, port = ${server.port}`;
    await backend.sql(where, { unrestricted: true });

    assertEquals(await send(), undefined);
    const [received] = server.mails;
    assertEquals([received!.from, received!.to], [
      "app@example.com",
      ["ada@example.com", "bea@example.com"],
    ]);
    assertMatch(received!.content, /^From: "The \\"App\\"" <app@example.com>$/m);
    assert(!received!.content.includes("bea@example.com"));
    assertEquals(await send(), "RATE_LIMITED");
    now = new Date(now.getTime() + 61_000);
    assertEquals(await send(), undefined);
    const { body } = await backend.request("GET", "/api/local/mail");
    assertEquals(
      body.mails.map(({ deliveredBy }: { deliveredBy: string }) => deliveredBy),
      ["smtp", "smtp"],
    );

    const [stored] = await backend.sql("SELECT password_encrypted AS p FROM email.config");
    assert(!stored!.p.includes("hush"));
    await backend.close();
  });

  it("is not set up with a server that does not answer", async () => {
    const backend = await startBackend();
    const { status, body } = await backend.request("PUT", "/api/auth/smtp-config", {
      enabled: true,
      host: "mail.invalid",
      port: 2525,
      username: "app",
      password: "hush-hush",
      senderEmail: "app@example.com",
      senderName: "App",
    });
    assertEquals([status, body.error], [400, "EMAIL_SMTP_CONNECTION_FAILED"]);
    assertStringIncludes(body.message, "mail.invalid:2525");
    assertEquals((await backend.request("GET", "/api/auth/smtp-config")).body.enabled, false);
    await backend.close();
  });
});
