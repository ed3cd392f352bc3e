import { aiOverviewSchema } from "@insforge/shared-schemas";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { runInProcess } from "../support/in_process.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

const KEY = "sk-or-v1-0123456789abcdef";

let backend: TestBackend;

const ai = (cwd: string, ...args: string[]) =>
  runInProcess(["ai", ...args], {
    cwd,
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
  });

describe("ai", () => {
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("says what to do without a key, and shows that nothing was spent", async () => {
    const { code, stderr } = await ai("/", "setup");
    assertEquals(code, 1);
    assertStringIncludes(stderr, "insforge secrets add OPENROUTER_API_KEY");
    const { stdout } = await ai("/", "overview", "--json");
    assertEquals(aiOverviewSchema.parse(JSON.parse(stdout)).key.usage, 0);
  });

  it("writes the key for the server alone, keeps it out of git, and leaves another", async () => {
    await backend.request("POST", "/api/secrets", { key: "OPENROUTER_API_KEY", value: KEY });
    await withFolder(async (cwd) => {
      await Deno.writeTextFile(`${cwd}/.env.local`, "MINE=1");
      const first = await ai(cwd, "setup", "--json");
      assertEquals(first.code, 0, first.stderr);
      const { added, gitignoreUpdated } = JSON.parse(first.stdout);
      assertEquals([added, gitignoreUpdated], [["OPENROUTER_API_KEY"], true]);
      assertEquals(first.stdout.includes(KEY), false);
      const text = `MINE=1\nOPENROUTER_API_KEY=${KEY}\n`;
      assertEquals(await Deno.readTextFile(`${cwd}/.env.local`), text);
      assertEquals(await Deno.readTextFile(`${cwd}/.gitignore`), ".env*.local\n");
      const second = JSON.parse((await ai(cwd, "setup", "--json")).stdout);
      assertEquals([second.skipped, second.gitignoreUpdated], [["OPENROUTER_API_KEY"], false]);
      await Deno.writeTextFile(`${cwd}/.env.server`, "OPENROUTER_API_KEY=other\n");
      const third = await ai(cwd, "setup", "--env-file", ".env.server");
      assertStringIncludes(third.stderr, "another OPENROUTER_API_KEY");
      assertStringIncludes(third.stderr, "out of git");
      assertEquals(await Deno.readTextFile(`${cwd}/.env.server`), "OPENROUTER_API_KEY=other\n");
    });
  });

  it("shows what was spent, of the key and by model", async () => {
    const key = { limit: 10, limitRemaining: 7.5, usage: 2.5, usageDaily: 1, usageWeekly: 2 };
    const modelUsage = [{ model: "openai/gpt-4o", requests: 3, totalTokens: 1200, spend: 2.5 }];
    await using server = stubServer(() => Response.json({ key, modelUsage }));
    const { stdout } = await runInProcess(["ai", "overview"], { cwd: "/", env: linkedTo(server) });
    assertMatch(stdout, /Left: +\$7\.50/);
    assertMatch(stdout, /openai\/gpt-4o +3 +1200 +\$2\.50/);
  });

  it("has the local backend ask the models' address what its key has spent", async () => {
    await using models = stubServer(() =>
      Response.json({ data: { label: "k", usage: 3, limit: 4 } })
    );
    const other = await startBackend({ ai: { url: `${models.url}/v1` } });
    try {
      const { body } = await other.request("GET", "/api/ai/overview");
      const { key } = aiOverviewSchema.parse(body);
      assertEquals([key.label, key.usage, key.limitRemaining], ["k", 3, 1]);
      assertEquals(models.requests[0]!.target, "/v1/key");
    } finally {
      await other.close();
    }
  });
});
