import { createClient } from "@insforge/sdk";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { codesIn, linksIn, textOf } from "../../../src/server/mail/highlights.ts";
import { startBackend, type TestBackend } from "../../support/backend.ts";

describe("the inbox of this machine", () => {
  let backend: TestBackend;
  let token: string;
  beforeAll(async () => {
    backend = await startBackend();
    const sdk = createClient({
      baseUrl: backend.url,
      anonKey: backend.anonKey,
      isServerMode: true,
    });
    const { data } = await sdk.auth.signUp({ email: "ada@example.com", password: "correct horse" });
    token = data!.accessToken!;
  });
  afterAll(() => backend.close());

  it("keeps what an app sends, for the owner alone", async () => {
    const app = createClient({ baseUrl: backend.url, accessToken: token });
    const { error } = await app.emails.send({
      to: ["Bea@example.com", "cleo@example.com"],
      cc: "dora@example.com",
      from: 'The "App"',
      replyTo: "app@example.com",
      subject: "Your code is 123456",
      html: '<p>Or <a href="https://app.example/x?a=1&amp;b=2">this</a></p>',
    });
    assertEquals(error, null);
    const { body } = await backend.request("GET", "/api/local/mail?to=bea@example.com");
    const [{ id, sentAt: _, ...mail }] = body.mails;
    assertEquals(mail, {
      sender: '"The \\"App\\"" <no-reply@localhost>',
      recipients: ["bea@example.com", "cleo@example.com"],
      cc: ["dora@example.com"],
      bcc: [],
      replyTo: "app@example.com",
      subject: "Your code is 123456",
      html: '<p>Or <a href="https://app.example/x?a=1&amp;b=2">this</a></p>',
      deliveredBy: "inbox",
      text: "Or this",
      codes: ["123456"],
      links: ["https://app.example/x?a=1&b=2"],
    });
    const short = await backend.request("GET", `/api/local/mail/${id.slice(0, 8)}`);
    assertEquals(short.body.id, id);
    for (const key of [token, backend.anonKey]) {
      const { status } = await backend.request("GET", "/api/local/mail", undefined, { key });
      assert([401, 403].includes(status));
      const rows = await backend.request(
        "GET",
        "/api/database/records/inbox?schema=email",
        undefined,
        { key },
      );
      assert(rows.status >= 400 || rows.body.length === 0);
    }
  });

  it("takes no mail of who is not signed in, and none without content", async () => {
    const mail = { to: "bea@example.com", subject: "x", html: "x" };
    const send = async (key: string, mail: object) =>
      (await backend.request("POST", "/api/email/send-raw", mail, { key })).status;
    assertEquals(await send(backend.anonKey, mail), 401);
    assertEquals(await send(token, { ...mail, html: " " }), 400);
    assertEquals(await send(backend.apiKey, mail), 200);
  });

  it("is a page for the browser that the owner sent there", async () => {
    const get = (path: string, headers = {}) =>
      backend.request("GET", path, undefined, { key: null, headers });
    assertEquals((await get("/mail")).status, 401);
    const { body } = await backend.request("POST", "/api/local/mail/page");
    const ticket = new URL(body.url);
    const welcome = await get(`${ticket.pathname}${ticket.search}`);
    // A cookie would go to the servers of other users on this machine, too.
    assertEquals([welcome.status, welcome.headers.get("set-cookie")], [303, null]);
    const visit = welcome.headers.get("location")!;
    // Who reads the ticket in the arguments of a browser comes too late.
    assertEquals((await get(`${ticket.pathname}${ticket.search}`)).status, 401);

    const page = await get(visit);
    assertStringIncludes(page.body, "<mark>123456</mark>");
    const link = /href="(\/mail\/[^"]+)"/.exec(page.body)![1]!;
    assertStringIncludes((await get(link)).body, "<iframe sandbox=");
    // Neither a script of another page nor a frame gets it, and a ticket is no visit.
    assertEquals((await get(visit, { "sec-fetch-mode": "cors" })).status, 403);
    assertEquals((await get(visit, { "sec-fetch-dest": "iframe" })).status, 403);
    const forged = `/mail?visit=${ticket.searchParams.get("ticket")}`;
    assertEquals((await get(forged)).status, 401);
  });

  it("shows foreign HTML as nothing but text and a framed document", async () => {
    await backend.request("POST", "/api/email/send-raw", {
      to: "bea@example.com",
      subject: "<script>alert(1)</script>",
      html: '"><script>alert(2)</script>',
    });
    const { body } = await backend.request("POST", "/api/local/mail/page");
    const answer = await fetch(body.url, { redirect: "manual" });
    await answer.body?.cancel();
    const { search } = new URL(answer.headers.get("location")!, body.url);
    const [{ id }] = (await backend.request("GET", "/api/local/mail?limit=1")).body.mails;
    for (const path of ["/mail", `/mail/${id}`]) {
      const page = await backend.request("GET", path + search, undefined, { key: null });
      assert(!page.body.includes("<script"));
      assertStringIncludes(page.headers.get("content-security-policy")!, "default-src 'none'");
    }
  });

  it("is emptied by the owner", async () => {
    assert((await backend.request("DELETE", "/api/local/mail")).body.deletedCount > 0);
    assertEquals((await backend.request("GET", "/api/local/mail")).body.mails, []);
    assertEquals((await backend.request("GET", "/api/local/mail/0")).status, 404);
  });
});

describe("what stands out in a mail", () => {
  it("is codes of six digits, not numbers of other kinds", () => {
    assertEquals(codesIn("Code 012345, order #123456, 1234567, 654321."), ["012345", "654321"]);
    assertEquals(codesIn("twice 111111 and 111111"), ["111111"]);
  });

  it("is links of the web, and its words line by line", () => {
    const html = `<style>p { color: #123456 }</style><p>A &amp; B</p><p>C<br>D
      <a class=x href='https://a.example/?x=1&amp;y=2'>E</a> <a href="javascript:x">F</a></p>`;
    assertEquals(linksIn(html), ["https://a.example/?x=1&y=2"]);
    assertEquals(textOf(html), "A & B\nC\nD E F");
    const odd = `<head>x</HEAD><a\nid="1"href = "https://a.example/a>b" >A</a> 1 < 2 <style>b`;
    assertEquals(linksIn(odd), ["https://a.example/a>b"]);
    assertEquals(textOf(odd), 'b" >A 1 b');
  });

  it("takes no longer to find where a mail is made to be hard to read", () => {
    const size = 256 * 1024;
    for (
      const part of ["<", "<br", "<style", "<style>", "<a ", "<a href=", "<a href='", '<a b="']
    ) {
      const html = part.repeat(size / part.length) + "<a href".padEnd(size);
      const start = performance.now();
      textOf(html);
      assertEquals(linksIn(html), []);
      const took = performance.now() - start;
      assert(took < 5000, `${part}: ${took} ms`);
    }
  });
});
