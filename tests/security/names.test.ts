/** Names that are no text, and names that are nothing. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { run } from "../support/program.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

describe("a file whose name is no UTF-8", () => {
  it("is told, never dropped in silence", async () => {
    if (Deno.build.os !== "linux") return;
    await using server = stubServer(() => Response.json({ key: "k", size: 1 }));
    await withFolder(async (cwd) => {
      await Deno.mkdir(`${cwd}/site/sub`, { recursive: true });
      await Deno.writeTextFile(`${cwd}/site/index.html`, "x");
      await Deno.writeTextFile(`${cwd}/site/sub/good.txt`, "x");
      await run("sh", ["-c", `cd ${cwd}/site && printf x > "$(printf 'caf\\351.html')"`]);
      await run("sh", ["-c", `cd ${cwd}/site/sub && printf x > "$(printf 'na\\357ve.txt')"`]);
      const deploy = ["deployments", "deploy", "site", "--dry-run", "--json"];
      const plan = await insforge(deploy, { cwd });
      assertEquals(JSON.parse(plan.stdout).fileCount, 2);
      assertStringIncludes(plan.stderr, "caf\ufffd.html");
      assertStringIncludes(plan.stderr, "sub/na\ufffdve.txt");
      const upload = ["storage", "upload", "site", "--recursive", "--bucket", "b", "--json"];
      const { stdout, stderr } = await insforge(upload, { cwd, env: linkedTo(server) });
      assertStringIncludes(stderr, "site/caf\ufffd.html");
      assertEquals(JSON.parse(stdout).leftOut, ["site/caf\ufffd.html", "site/sub/na\ufffdve.txt"]);
    });
  });
});

describe("an empty path", () => {
  const COMMANDS = [
    ["deployments", "deploy", "", "--dry-run"],
    ["storage", "upload", "", "--bucket", "b", "--recursive"],
    ["storage", "download", "k", "--bucket", "b", "-o", ""],
    ["db", "import", ""],
    ["db", "query", "--file", ""],
    ["db", "export", "-o", ""],
    ["secrets", "add", "--env-file", ""],
    ["functions", "deploy", "x", "--file", ""],
    ["local", "status", "--data-dir", ""],
    ["local", "reset", "-y", "--data-dir="],
    ["docs", "--man", ""],
  ];
  for (const args of COMMANDS) {
    it(`is not the working directory: ${args.slice(0, 2).join(" ")}`, async () => {
      await using server = stubServer(() => Response.json([]));
      await withFolder(async (cwd) => {
        const { code, stderr } = await insforge(args, { cwd, env: linkedTo(server) });
        assertEquals([code, server.requests.length], [1, 0]);
        assertStringIncludes(stderr, "A path is empty.");
      });
    });
  }
});
