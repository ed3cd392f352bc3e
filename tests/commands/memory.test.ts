import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { runInProcess } from "../support/in_process.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

let backend: TestBackend;

async function memory(args: readonly string[], cwd = "/", stdin?: string) {
  const env = { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey };
  return await runInProcess(["memory", ...args], { cwd, env, stdin });
}

describe("memory", () => {
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("remembers, recalls and lists, and says how it compares", async () => {
    const kept = await memory(["remember", "Tags are text[], since there are few", "--json"]);
    assertEquals(kept.code, 0, kept.stderr);
    const { results: [result] } = JSON.parse(kept.stdout);
    assertEquals([result.action, result.title], ["ADD", "Tags are text[], since there are few"]);
    const found = await memory(["recall", "tags"]);
    assertStringIncludes(found.stderr, "by their words");
    assertMatch(found.stdout, /100 % fact: Tags are text/);
    assertMatch((await memory(["recall", "pipelines"])).stdout, /Nothing like it/);
    assertMatch((await memory(["list"])).stdout, /fact +Tags are text/);
    assertMatch((await memory(["list", "--scope", "none"])).stdout, /Nothing is remembered yet/);
  });

  it("reads a file and standard input, of which the first line is the title", async () => {
    await withFolder(async (cwd) => {
      await Deno.writeTextFile(`${cwd}/n.md`, "Deploys\n\nThey go out on Mondays.\n");
      await memory(["remember", "--file", "n.md", "--kind", "reference"], cwd);
      await memory(["remember", "--file", "-", "--title", "Hosts"], cwd, "They are in Oslo.");
    });
    const { memories: [one] } = JSON.parse((await memory(["recall", "mondays", "--json"])).stdout);
    assertEquals([one.kind, one.title, one.content], [
      "reference",
      "Deploys",
      "Deploys\n\nThey go out on Mondays.",
    ]);
    const { memories: [two] } = JSON.parse((await memory(["recall", "oslo", "--json"])).stdout);
    assertEquals([two.title, two.content], ["Hosts", "They are in Oslo."]);
  });

  it("refuses what it cannot keep or find", async () => {
    for (
      const args of [
        ["remember"],
        ["remember", " "],
        ["remember", "a", "--file", "b"],
        ["remember", "a", "--kind", "gotcha"],
        ["recall", " "],
        ["recall", "a", "--threshold", "2"],
        ["recall", "a", "--limit", "0"],
      ]
    ) {
      const { code, stdout } = await memory(args);
      assertEquals([code, stdout], [1, ""], args.join(" "));
    }
  });

  it("sends a transcript for a model to read", async () => {
    await using server = stubServer(() => Response.json({ results: [] }));
    const args = ["memory", "remember", "--transcript", "Much was said.", "--source", "task-1"];
    const { stdout } = await runInProcess(args, { cwd: "/", env: linkedTo(server) });
    assertStringIncludes(stdout, "nothing worth remembering");
    assertEquals(JSON.parse(server.requests[0]!.body), {
      source: "task-1",
      transcript: "Much was said.",
    });
  });
});
