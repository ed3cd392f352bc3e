import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { runInProcess } from "../support/in_process.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";

let backend: TestBackend;

const run = (...args: string[]) =>
  runInProcess(["diagnose", ...args], {
    cwd: ".",
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
  });

async function json(...args: string[]) {
  const { code, stdout, stderr } = await run(...args, "--json");
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

describe("diagnose", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql("CREATE TABLE open (id int PRIMARY KEY)");
    await backend.request("GET", "/api/database/records/nothing");
  });
  afterAll(() => backend.close());

  it("looks at the database, the logs and what the advisor says", async () => {
    const report = await json();
    assertEquals(Object.keys(report), ["db", "logs", "advisor"]);
    assert(report.db.connections[0].most > 0);
    assert(report.db.size.length > 0);
    assertEquals(report.advisor.issues.map(({ ruleId }: { ruleId: string }) => ruleId), [
      "rls-disabled",
    ]);
    const { stdout } = await run();
    assertStringIncludes(stdout, "rls-disabled");
  });

  it("looks at one part, as narrowly as asked", async () => {
    assertEquals(Object.keys(await json("db", "--check", "bloat,slow-queries")), [
      "bloat",
      "slow-queries",
    ]);
    const { sources } = await json("logs", "--source", "postgres.logs", "--limit", "5");
    assertEquals(sources.map(({ source }: { source: string }) => source), ["postgres.logs"]);
    const named = await json("logs", "--source", "POSTGREST.logs");
    assertEquals(named.sources[0].source, "postgREST.logs");
    assertEquals(await json("advisor", "--severity", "info"), { issues: [] });
  });

  it("refuses what it does not know, and names who asks the platform", async () => {
    for (
      const line of [
        ["db", "--check", "luck"],
        ["weather"],
        ["advisor", "--severity", "high"],
        ["logs", "--source", "nope"],
        ["metrics", "--range", "3d"],
      ]
    ) {
      assertEquals((await run(...line)).code, 1);
    }
    assertStringIncludes((await run("--ai", "why")).stderr, "npx -y @insforge/cli diagnose --ai");
    const incident = await run("incident");
    assertEquals(incident.code, 1);
    assertStringIncludes(incident.stderr, "npx -y @insforge/cli diagnose incident");
    await using server = stubServer(() => Response.json({ error: "NOT_FOUND" }, { status: 404 }));
    const options = { cwd: ".", env: linkedTo(server) };
    const { stderr } = await runInProcess(["diagnose", "metrics", "--range", "24h"], options);
    assertStringIncludes(stderr, "npx -y @insforge/cli diagnose metrics");
  });

  it("shows what the process of a local backend takes", async () => {
    const { uptimeSeconds, cpuSeconds, memoryBytes } = await json("metrics");
    assert(uptimeSeconds >= 0 && cpuSeconds > 0 && memoryBytes > 1e6);
    assertStringIncludes((await run("metrics")).stdout, "Memory:");
  });
});
