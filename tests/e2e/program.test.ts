import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { buildTree } from "../../src/cli/command_tree.ts";
import { commands } from "../../src/commands/mod.ts";
import manifest from "../../deno.json" with { type: "json" };
import { insforge, withChangedExecutable } from "../support/executable.ts";
import { run } from "../support/program.ts";
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

  it({
    name: "works with a code cache that is of another V8",
    ignore: Deno.build.os === "darwin",
    async fn() {
      const cache = await Deno.readFile(".setup/bundle/start.bin");
      assert(cache.length > 100_000, `${cache.length} bytes`);
      // V8's mark is followed by its version.
      const foreign = cache.with(4, cache[4]! ^ 1);
      await using server = stubServer(() => Response.json({ rows: [{ one: 1 }], rowCount: 1 }));
      const args = ["db", "query", "SELECT 1 AS one", "--json"];
      const env = linkedTo(server);
      const answer = await withChangedExecutable(
        cache,
        foreign,
        (changed) => run(changed, args, { env }),
      );
      assertEquals(answer, { signal: null, ...await insforge(args, { env }) });
    },
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

  it("helps from its prepared table as from the commands themselves", async () => {
    for (const path of [[], ["db"], ["db", "migrations", "up"], ["storage", "upload"]]) {
      const { stdout } = await insforge([...path, "--help", "--json"]);
      const { command } = JSON.parse(stdout);
      assertEquals(command, ["insforge", ...path].join(" "));
      assertEquals(stdout, await helpOfCheckout(path));
    }
  });

  it("writes completion scripts, in JSON too", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { code, stdout } = await insforge(["completions", shell]);
      assertEquals(code, 0);
      const { stdout: json } = await insforge(["completions", shell, "--json"]);
      assertEquals(JSON.parse(json), { shell, script: stdout });
    }
    const { code, stderr } = await insforge(["completions", "tcsh"]);
    assertEquals([code, stderr.includes("bash, zsh, fish")], [1, true]);
  });

  it("completes commands, options and operands in bash, each in its place", async () => {
    const { stdout: script } = await insforge(["completions", "bash"]);
    const places: readonly (readonly [words: readonly string[], suggested: string])[] = [
      [["db", "qu"], "query"],
      [["db", "migrations", "st"], "status"],
      [["--json", "db", "migrations", "st"], "status"],
      [["db", "query", "--unr"], "--unrestricted"],
      [["--cwd", "/tmp", "db", "migrations", "--env-file", "x", "st"], "status"],
      [["help", "db", "migrations", "st"], "status"],
      [["db", "help", "mig"], "migrations"],
      [["docs", "inst"], "instructions"],
      [["docs", "db", "types"], "typescript"],
      [["docs", "db", "inst"], ""],
      [["db", "query", "qu"], ""],
      [["db", "query", "--file", ""], ""],
      [["open", "dash"], "dashboard"],
      [["completions", "fi"], "fish"],
    ];
    const tries = places.map(([words]) =>
      `COMP_WORDS=(insforge ${words.map((word) => `"${word}"`).join(" ")}); ` +
      `COMP_CWORD=${words.length}; _insforge; echo "\${COMPREPLY[*]}"`
    );
    const bash = new Deno.Command("bash", { args: ["-c", [script, ...tries].join("\n")] });
    const { stdout, stderr } = await bash.output();
    const decoder = new TextDecoder();
    assertEquals(decoder.decode(stderr), "");
    const suggested = decoder.decode(stdout).split("\n").slice(0, -1);
    assertEquals(suggested, places.map(([, word]) => word));
  });

  it("answers what is asked about it, whatever else is asked for", async () => {
    const { version } = JSON.parse((await insforge(["--version", "--json"])).stdout);
    assertEquals((await insforge(["-V", "-y"])).stdout, `${version}\n`);
    assertEquals((await insforge(["db", "--version"])).stdout, `${version}\n`);
    const text = (await insforge(["db", "query", "--help"])).stdout;
    assertEquals((await insforge(["help", "db", "query"])).stdout, text);
    assertEquals((await insforge(["db", "query", "--file", "x", "-h", "-y"])).stdout, text);
    const group = (await insforge(["db"])).stdout;
    assertEquals((await insforge(["db", "--help"])).stdout, group);
    assertEquals((await insforge(["help"])).stdout, (await insforge([])).stdout);
    for (const args of [["db", "--json"], ["--help", "--json", "db"], ["help", "db", "--json"]]) {
      const document = JSON.parse((await insforge(args)).stdout);
      assertEquals(document.command, "insforge db");
      assert(document.commands.some(({ name }: { name: string }) => name === "query"));
    }
    for (const args of [["help", "nope"], ["nope", "--help"], ["db", "nope", "-h", "--json"]]) {
      const { code, stdout, stderr } = await insforge(args);
      assertEquals([code, stdout, stderr.includes("nope")], [1, "", true]);
    }
  });

  it("takes SQL that begins with a comment", async () => {
    await using server = stubServer(() => Response.json({ rows: [], rowCount: 0, fields: [] }));
    const sql = "-- the first\nSELECT 1";
    const { code } = await insforge(["db", "query", sql], { env: linkedTo(server) });
    assertEquals([code, JSON.parse(server.requests[0]!.body).query], [0, sql]);
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

/** The same help, from the commands as they are built in a checkout. */
async function helpOfCheckout(path: readonly string[]): Promise<string> {
  const settings = { version: manifest.version, coloured: false, json: true };
  const tree = await buildTree(commands, path, () => async () => {}, settings);
  const command = path.reduce((parent, word) => parent.getCommand(word)!, tree);
  return `${command.getHelp()}\n`;
}

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
