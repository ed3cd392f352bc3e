import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { TEMPLATE_NAMES } from "../../src/commands/functions/templates.ts";
import { requireAnswer } from "../support/answers.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { EXECUTABLE, insforge } from "../support/executable.ts";
import { stubServer } from "../support/stub_server.ts";

const SIGNED_UP = { email: "ada@example.org", password: "correct-horse-9" };

let backend: TestBackend;
let cwd: string;
let call: (slug: string, init?: RequestInit) => Promise<Response>;

const run = (args: string[], options: { stdin?: string; env?: Record<string, string> } = {}) =>
  insforge(args, {
    cwd,
    stdin: options.stdin,
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey, ...options.env },
  });

async function setSecret(name: string, value: string): Promise<void> {
  const { code, stderr } = await run(["secrets", "add", name, value]);
  assertEquals(code, 0, stderr);
}

describe("functions new", () => {
  beforeAll(async () => {
    backend = await startBackend({ self: [EXECUTABLE] });
    cwd = await Deno.makeTempDir({ prefix: "insforge-test-" });
    call = (slug, init) => fetch(`${backend.url}/functions/${slug}`, init);
    for (const name of TEMPLATE_NAMES) {
      const made = await run(["functions", "new", name, "--template", name]);
      assertEquals(made.code, 0, made.stderr);
    }
    const deployed = await run(["functions", "deploy", "--all", "--no-check"]);
    assertEquals(deployed.code, 0, deployed.stderr);
  });
  afterAll(async () => {
    await backend.close();
    await Deno.remove(cwd, { recursive: true });
  });

  it("writes a template that is there, and never over a file", async () => {
    const unknown = await run(["functions", "new", "x", "--template", "none"]);
    assertEquals(unknown.code, 1);
    assertStringIncludes(unknown.stderr, "Use one of: hello, cors, auth,");
    const again = await run(["functions", "new", "hello"]);
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, "is there already");
  });

  it("hello and cors: answer, the latter to browsers", async () => {
    const body = JSON.stringify({ name: "Ada" });
    for (const slug of ["hello", "cors"]) {
      const answer = await call(slug, { method: "POST", body });
      assertEquals(await answer.json(), { message: "Hello, Ada!" });
    }
    const preflight = await call("cors", { method: "OPTIONS" });
    await preflight.body?.cancel();
    assertEquals(preflight.status, 204);
    assertStringIncludes(preflight.headers.get("access-control-allow-headers")!, "Authorization");
  });

  it("auth: knows who calls", async () => {
    const stranger = await call("auth");
    assertEquals([stranger.status, await stranger.json()], [401, { error: "Sign in first" }]);
    const { email, password } = SIGNED_UP;
    const made = await run(["auth", "users", "create", email, "-"], { stdin: password });
    assertEquals(made.code, 0, made.stderr);
    const token = await insforge(["auth", "users", "token", email], {
      cwd,
      env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
      reveals: true,
    });
    const headers = { authorization: `Bearer ${token.stdout.trim()}` };
    assertEquals((await (await call("auth", { headers })).json()).email, email);
  });

  it("webhook: takes what is signed", async () => {
    await setSecret("WEBHOOK_SECRET", "shared");
    const body = JSON.stringify({ type: "order.paid" });
    const key = await crypto.subtle.importKey(
      "raw",
      new TextEncoder().encode("shared"),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const signature = new Uint8Array(
      await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(body)),
    ).toHex();
    const send = (value: string) =>
      call("webhook", { method: "POST", body, headers: { "x-signature": value } });
    assertEquals(await (await send(signature)).json(), { received: true });
    const forged = await send(signature.replace(/^../, "00"));
    assertEquals([forged.status, await forged.json()], [401, { error: "The signature is wrong" }]);
  });

  it("stream: sends events as they come", async () => {
    const answer = await call("stream?count=2");
    assertEquals(answer.headers.get("content-type"), "text/event-stream");
    const events = /^data: \{"number":1,.*\}\n\ndata: \{"number":2,.*\}\n\n$/;
    assertMatch(await answer.text(), events);
    const invoked = await run(["functions", "invoke", "hello", "--stream", "--json"]);
    assertEquals(JSON.parse(invoked.stdout), { message: "Hello, world!" });
  });

  it("cron: runs for its schedule alone", async () => {
    await setSecret("CRON_SECRET", "only-the-schedule");
    const refused = await call("cron", { method: "POST" });
    assertEquals([refused.status, (await refused.json()).error], [
      401,
      "Only the schedule may call this",
    ]);
    const made = await run([
      ...["schedules", "create", "--name", "nightly", "--cron", "0 3 * * *", "--function", "cron"],
      ...["--headers", '{"X-Cron-Secret": "${{secrets.CRON_SECRET}}"}', "--json"],
    ]);
    assertEquals(made.code, 0, made.stderr);
    const { id } = JSON.parse(made.stdout);
    const shown = JSON.parse((await run(["schedules", "get", id, "--json"])).stdout);
    assertEquals(
      [shown.functionUrl, shown.httpMethod],
      [`${backend.url}/functions/cron`, "POST"],
    );
    const headers = { "x-cron-secret": "only-the-schedule" };
    assertEquals(typeof (await (await call("cron", { headers })).json()).ran, "string");
    const both = await run(["schedules", "update", id, "--function", "a", "--url", "http://a/"]);
    assertEquals(both.code, 1);
    assertStringIncludes(both.stderr, "--url or --function, not both");
  });

  it("openai: passes the answer of a server with that interface on", async () => {
    await using server = stubServer(() =>
      new Response("data: [DONE]\n\n", { headers: { "content-type": "text/event-stream" } })
    );
    await setSecret("OPENAI_API_KEY", "sk-test");
    await setSecret("OPENAI_BASE_URL", server.url);
    const answer = await call("openai", { method: "POST", body: '{"prompt":"Hi"}' });
    assertEquals(await answer.text(), "data: [DONE]\n\n");
    assertEquals(server.requests[0]!.target, "/chat/completions");
  });

  it("functions logs: shows the lines of one function", async () => {
    assertEquals((await run(["functions", "invoke", "hello"])).code, 0);
    const { stdout } = await run(["functions", "logs", "webhook"]);
    assertStringIncludes(stdout, "Received order.paid");
    assertEquals(stdout.includes(" hello "), false);
    const { logs } = JSON.parse(
      (await run(["functions", "logs", "hello", "--limit", "1", "--json"])).stdout,
    );
    assertMatch(logs[0].eventMessage, /POST hello 200/);
  });

  it("functions test: runs what lies beside a function, with a function's rights", async () => {
    const env = { PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`, HOME: cwd };
    const none = await run(["functions", "test", "hello"], { env });
    assertEquals(none.code, 1);
    assertStringIncludes(none.stderr, "There are no tests beside hello");
    const test = (text: string) =>
      Deno.writeTextFile(`${cwd}/insforge/functions/hello/index.test.ts`, text);
    await test(`import hello from "./index.ts";
Deno.test("greets", async () => {
  const answer = await hello(new Request("http://localhost/"));
  if ((await answer.json()).message !== "Hello, world!") throw new Error("it does not greet");
  if (Deno.env.get("GREETING") !== "Hi") throw new Error("no variables");
});`);
    await Deno.writeTextFile(`${cwd}/.env.test`, "GREETING=Hi\n");
    const passed = await run(["functions", "test", "hello", "--env-file", ".env.test"], { env });
    assertEquals(passed.code, 0, passed.stdout + passed.stderr);
    assertStringIncludes(passed.stdout, "1 passed");
    await test(`Deno.test("steals", () => void Deno.env.get("INSFORGE_API_KEY"));`);
    const refused = await run(["functions", "test", "hello", "--json"], { env });
    requireAnswer("functions test", JSON.parse(refused.stdout));
    const { success, output } = JSON.parse(refused.stdout);
    assertEquals([refused.code, success], [1, false]);
    assertStringIncludes(output, "NotCapable");
    const without = await run(["functions", "test", "hello"], { env: { PATH: cwd } });
    assertStringIncludes(without.stderr, "There is no Deno on PATH");
  });
});
