import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import manifest from "../../deno.json" with { type: "json" };
import { dirname } from "@std/path";
import { EXECUTABLE, insforge } from "../support/executable.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

describe("the program", () => {
  it("says its version", async () => {
    for (const flag of ["--version", "-V"]) {
      assertEquals(await insforge([flag]), {
        code: 0,
        stdout: `${manifest.version}\n`,
        stderr: "",
      });
    }
  });

  it("helps at every level, at most 80 columns wide", async () => {
    for (const args of [[], ["--help"], ["db"], ["db", "--help"], ["db", "query", "-h"]]) {
      const { code, stdout, stderr } = await insforge(args);
      assertEquals([code, stderr], [0, ""]);
      assertStringIncludes(stdout, "Usage: insforge");
      assertStringIncludes(stdout, "Examples");
      assert(stdout.split("\n").every((line) => line.length <= 80), stdout);
    }
  });

  it("writes completion scripts", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { code, stdout } = await insforge(["completions", shell]);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "insforge");
    }
  });

  it("completes commands in bash", async () => {
    const { stdout: script } = await insforge(["completions", "bash"]);
    const bash = new Deno.Command("bash", {
      args: [
        "-c",
        `${script}\nCOMP_WORDS=(insforge db "qu"); COMP_CWORD=2; _insforge; echo "\${COMPREPLY[@]}"`,
      ],
      env: { PATH: `${dirname(EXECUTABLE)}:${Deno.env.get("PATH")}` },
    });
    const { stdout } = await bash.output();
    assertEquals(new TextDecoder().decode(stdout).trim(), "query");
  });

  it("R10: makes no request beside the command's own", async () => {
    await using server = stubServer(() => Response.json([]));
    await insforge(["db", "tables"], { env: linkedTo(server) });
    assertEquals(server.requests.map(({ target }) => target), ["/api/database/tables"]);
  });

  it("R60: needs no other program", async () => {
    await using server = stubServer(() => Response.json([]));
    const result = await insforge(["db", "tables"], { env: { ...linkedTo(server), PATH: "" } });
    assertEquals(result.code, 0, result.stderr);
  });
});

describe("files that are broken", () => {
  const cases = [
    ["no JSON", "{", "not valid JSON"],
    ["no object", "[1]", "JSON object"],
    ["no host", '{"project_id": "a", "api_key": "ik_secret"}', "oss_host"],
    ["no key", '{"project_id": "a", "oss_host": "https://a.example"}', "api_key"],
  ] as const;
  for (const [name, content, says] of cases) {
    it(`a project file with ${name} gets one sentence that names it`, async () => {
      await withFolder(async (cwd) => {
        await Deno.mkdir(`${cwd}/.insforge`);
        await Deno.writeTextFile(`${cwd}/.insforge/project.json`, content);
        const { code, stderr } = await insforge(["db", "tables", "--json"], { cwd });
        assertEquals(code, 1);
        const { error } = JSON.parse(stderr);
        assertStringIncludes(error, `${cwd}/.insforge/project.json`);
        assertStringIncludes(error, says);
        assertEquals(stderr.includes("ik_secret"), false);
      });
    });
  }

  it("a global file that cannot be read is named", async () => {
    await withFolder(async (home) => {
      await Deno.mkdir(`${home}/.insforge`);
      await Deno.writeTextFile(`${home}/.insforge/config.json`, "nonsense");
      const { code, stderr } = await insforge(["current"], { env: { HOME: home } });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "config.json is not valid JSON");
    });
  });
});
