/**
 * scripts/action/action.yml: what runs on other people's machines, with their secrets beside it.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { run } from "../support/program.ts";
import { withFolder } from "../support/temporary.ts";

const text = await Deno.readTextFile(new URL("../../scripts/action/action.yml", import.meta.url));
const script = await Deno.readTextFile(new URL("../../scripts/install.sh", import.meta.url));
const steps = text.split(/^ {4}- (?=name:)/m).slice(1);

/** The lines that a step runs. */
function scriptOf(name: string): string {
  const step = steps.find((one) => one.startsWith(`name: ${name}\n`))!;
  return step.slice(step.indexOf("run: |\n") + 7).replaceAll(/^ {8}/gm, "");
}

/** Runs the step that finds the version, for what the workflow asks for. */
async function find(wanted: string) {
  return await withFolder(async (cwd) => {
    const env = { WANTED: wanted, GITHUB_OUTPUT: `${cwd}/out`, RUNNER_TOOL_CACHE: cwd };
    const { code } = await run("bash", ["-euo", "pipefail", "-c", scriptOf("Find the version")], {
      cwd,
      env,
    });
    return { code, said: await Deno.readTextFile(`${cwd}/out`).catch(() => ""), cwd };
  });
}

describe("the action setup-insforge", () => {
  it("runs other actions by commit, and text of the workflow never as a script", () => {
    for (const [, used] of text.matchAll(/uses: (.+)/g)) {
      assertMatch(used!, /^[\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
    }
    for (const step of steps.filter((one) => one.includes("run: |"))) {
      assert(!step.slice(step.indexOf("run: |")).includes("${{"), step);
      assertMatch(step, /shell: (bash|pwsh)/);
    }
  });

  it("installs by the script of the release, which checks signature and digest", () => {
    assert(!/unsigned/i.test(text));
    assertStringIncludes(scriptOf("Install"), "releases/download/v$VERSION/install.sh");
    assertMatch(script, /is not signed by the makers/);
    assertMatch(script, /is damaged: its SHA-256/);
    for (const option of ["--version", "--to"]) {
      assertStringIncludes(scriptOf("Install"), `${option} "`);
      assertStringIncludes(script, option);
    }
  });

  it("takes from the cache what is of this version, system and processor", () => {
    assertMatch(
      text,
      /key: insforge-\$\{\{ steps\.version\.outputs\.version \}\}-\$\{\{ runner\.os \}\}-\$\{\{ runner\.arch \}\}/,
    );
  });

  it(
    { name: "finds the version that is asked for", ignore: Deno.build.os === "windows" },
    async () => {
      for (const wanted of ["1.2.3", "v1.2.3"]) {
        const { code, said, cwd } = await find(wanted);
        assertEquals(code, 0);
        assertEquals(said, `version=1.2.3\nfolder=${cwd}/insforge/1.2.3\n`);
      }
      for (const wrong of ["1.2", "1.2.3; id", "../1.2.3"]) {
        const { code, said } = await find(wrong);
        assertEquals([code, said], [1, ""], wrong);
      }
    },
  );
});
