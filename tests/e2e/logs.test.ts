import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import { insforge, spawnInsforge } from "../support/executable.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";

let backend: TestBackend;

const environment = () => ({ INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey });
const run = (...args: string[]) => insforge(["logs", ...args], { env: environment() });
const visit = (name: string) => backend.request("GET", `/api/${name}`);

describe("logs", () => {
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("R58: shows eventMessage, and sends the canonical name of a source", async () => {
    await using server = stubServer(() =>
      Response.json({
        logs: [
          { id: "1", timestamp: "2026-01-02T03:04:05.000Z", eventMessage: "a\x1b[31m", body: {} },
          { id: "2", timestamp: "2026-01-02T03:04:06.000Z", body: { level: "error", x: 1 } },
        ],
        total: 2,
      })
    );
    const { stdout } = await insforge(["logs", "POSTGREST.LOGS"], { env: linkedTo(server) });
    assertEquals(server.requests[0]!.target, "/api/logs/postgREST.logs?limit=20");
    assertEquals(
      stdout,
      "2026-01-02T03:04:05.000Z a\\u001b[31m\n" +
        '2026-01-02T03:04:06.000Z {"level":"error","x":1}\n',
    );
  });

  it("shows the newest lines last, those since a time, and those that match", async () => {
    for (const name of ["one", "two", "three"]) await visit(name);
    const newest = (await run("insforge.logs", "--limit", "2")).stdout;
    assertMatch(newest, /GET \/api\/two 404.*\n.*GET \/api\/three 404.*\n$/);
    assertEquals(newest.split("\n").length, 3);
    const matching = (await run("insforge.logs", "--grep", "API/(one|two)")).stdout;
    assertMatch(matching, /one[^]*two/);
    assert(!matching.includes("three"));
    const since = JSON.parse((await run("insforge.logs", "--since", "1h", "--json")).stdout);
    assert(since.total >= 3);
    assertEquals(
      (await run("insforge.logs", "--since", "2999-01-01")).stdout,
      "insforge.logs has no such lines.\n",
    );
  });

  it("refuses what cannot be, before any request", async () => {
    const unknown = await run("nope");
    assertEquals(unknown.code, 1);
    assertStringIncludes(unknown.stderr, "function-deploy.logs");
    for (
      const args of [["--limit", "0"], ["--limit", "x"], ["--since", "soon"], ["--grep", "("]]
    ) assertEquals((await run("insforge.logs", ...args)).code, 1, args.join(" "));
    assertEquals((await run("function-deploy.logs", "--follow")).code, 1);
    assertEquals((await run("function-deploy.logs")).code, 4);
  });

  it("follows a log: every line once, in order, until Ctrl-C ends it with 0", async () => {
    await visit("before");
    const child = spawnInsforge(["logs", "insforge.logs", "--follow", "--json", "--limit", "1"], {
      env: environment(),
    });
    await child.stdin.close();
    let shown = "";
    const reading = (async () => {
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) shown += text;
    })();
    await eventually(() => shown.includes("/api/before"));
    // More lines at once than a page has, many of one moment.
    const count = 450;
    for (let n = 0; n < count; n += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, i) => visit(`line-${n + i}-`)));
    }
    await eventually(() => shown.includes(`line-${count - 1}-`));
    await visit("last");
    await eventually(() => shown.includes("/api/last"));
    child.kill("SIGINT");
    assertEquals((await child.status).code, 0);
    await reading;
    const stderr = await new Response(child.stderr).text();
    assertEquals(stderr, "");
    const entries = shown.trim().split("\n").map((line) => JSON.parse(line).eventMessage);
    const numbers = entries.flatMap((message) => /line-(\d+)-/.exec(message)?.[1] ?? []).map(
      Number,
    );
    assertEquals(numbers.toSorted((a, b) => a - b), Array.from({ length: count }, (_, n) => n));
    assertEquals(entries.filter((message) => message.includes("/api/before")).length, 1);
    assert(!shown.includes("/api/three"));
  });
});
