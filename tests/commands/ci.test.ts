import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runInProcess } from "../support/in_process.ts";
import { withFolder } from "../support/temporary.ts";

const PATHS = { github: ".github/workflows/insforge.yml", gitlab: ".gitlab-ci.yml" };

describe("ci init", () => {
  for (const [service, path] of Object.entries(PATHS)) {
    it(`writes a workflow for ${service}, and none over another`, async () => {
      await withFolder(async (cwd) => {
        const line = ["ci", "init", service, "--test", "npm run 'test: all' #1"];
        const { code, stderr } = await runInProcess(line, { cwd });
        assertEquals(code, 0, stderr);
        const text = await Deno.readTextFile(`${cwd}/${path}`);
        // In a block: on a line of its own YAML would take ": " for a key, and " #" for a comment.
        assertMatch(text, /(run: |- )\|\n +insforge local run -- npm run 'test: all' #1\n$/);
        // Nothing in it may begin a line that YAML would read as another key.
        for (const row of text.trimEnd().split("\n")) {
          assertMatch(row, /^( *- .+| *[\w-]+:.*| {6}(?: {4})?\S.*)$/);
        }
        assertEquals((await runInProcess(line, { cwd })).code, 1);
        assertEquals((await runInProcess(["ci", "init", "jenkins"], { cwd })).code, 1);
        await Deno.remove(`${cwd}/${path}`);
        for (const test of ["", "a\n- b"]) {
          const { stderr } = await runInProcess(["ci", "init", service, "--test", test], { cwd });
          assertStringIncludes(stderr, "--test must be one line");
        }
      });
    });
  }
});

describe("skill", () => {
  it("tells of every command that help shows, and is written where agents look", async () => {
    await withFolder(async (cwd) => {
      const { stdout } = await runInProcess(["skill"], { cwd });
      assertMatch(stdout, /^---\nname: insforge\ndescription: /);
      assertStringIncludes(stdout, "`insforge db lint");
      assertStringIncludes(stdout, "`insforge branch merge <name>");
      assertEquals(stdout.includes("insforge compute"), false);
      assertEquals((await runInProcess(["skill", "install"], { cwd })).code, 0);
      assertEquals(await Deno.readTextFile(`${cwd}/.claude/skills/insforge/SKILL.md`), stdout);
      assertEquals((await runInProcess(["skill", "remove"], { cwd })).code, 1);
    });
  });
});
