/** What every command that talks to a server answers, held against its schema. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { dirname } from "@std/path";
import type { Commands } from "../../src/cli/command.ts";
import { commands } from "../../src/commands/mod.ts";
import { ANSWERS } from "../../src/reference/answers/mod.ts";
import { HELD_BY_TESTS, LINES_OF_A_FOLDER, requireAnswer } from "../support/answers.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { fill, type Known, type Line, LINES, login } from "../support/faulty_commands.ts";
import { runInProcess } from "../support/in_process.ts";
import { type PlatformEmulator, startPlatform } from "../support/platform.ts";
import { withFolder } from "../support/temporary.ts";

/** Lines that are recorded with servers which answer nothing else. */
const ELSEWHERE = ["upgrade", "local"];

let backend: TestBackend;
let platform: PlatformEmulator;
let known: Known;

/** The JSON of a line's answer. */
async function answerOf(line: Line): Promise<unknown> {
  return await withFolder(async (cwd) => {
    await line.prepare?.(backend);
    const globalFolder = `${cwd}/.home`;
    const files = { ...line.files };
    for (const [name, text] of Object.entries(login(platform))) files[`.home/${name}`] = text;
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(`${cwd}/${name}`), { recursive: true });
      await Deno.writeTextFile(`${cwd}/${name}`, text);
    }
    const { url, apiKey } = backend;
    const linked = { INSFORGE_BASE_URL: url, INSFORGE_API_KEY: apiKey };
    const env = {
      ...line.upstream === "backend" ? linked : {},
      INSFORGE_API_URL: platform.url,
      ...line.env,
    };
    const places: Readonly<Record<string, string>> = { URL: url, KEY: apiKey };
    const args = line.args(known).map((arg) => places[arg] ?? arg);
    const options = { cwd, env, globalFolder, stdin: line.stdin };
    const { code, stdout, stderr } = await runInProcess([...args, "--json"], options);
    assertEquals(code, 0, stderr);
    return JSON.parse(stdout);
  });
}

describe("the schema of what a command answers", () => {
  beforeAll(async () => {
    backend = await startBackend();
    platform = startPlatform();
    known = await fill(backend);
  });
  afterAll(async () => {
    await backend.close();
    await platform[Symbol.asyncDispose]();
  });

  for (const [command, lines] of Object.entries(LINES)) {
    const own = lines.filter(({ upstream }) => upstream === "backend" || upstream === "platform");
    if (own.length === 0 || ELSEWHERE.some((group) => command.split(" ")[0] === group)) continue;
    it(`fits: ${command}`, async () => {
      for (const line of own) requireAnswer(command, await answerOf(line));
    });
  }

  it("is there for every command, and held against a real answer", async () => {
    const held = [
      ...Object.keys(LINES),
      ...LINES_OF_A_FOLDER.map(([command]) => command),
      ...Object.keys(HELD_BY_TESTS),
    ];
    assertEquals(Object.keys(ANSWERS).filter((command) => !held.includes(command)), []);
    assertEquals(leavesOf(commands).filter((command) => !Object.hasOwn(ANSWERS, command)), []);
    for (const [command, path] of Object.entries(HELD_BY_TESTS)) {
      const text = await Deno.readTextFile(path);
      // `json` of tests/support/account.ts requires it as well.
      assert(["requireAnswer", "json"].some((name) => text.includes(`${name}("${command}"`)), path);
    }
  });

  it("tells a document from another", () => {
    requireAnswer("storage upload", { bucket: "files", key: "a.txt", size: 1 });
    for (const wrong of [{ bucket: "files", key: "a.txt", size: "1" }, []]) {
      assertThrows(() => requireAnswer("storage upload", wrong));
    }
  });
});

/** The commands that help shows. */
function leavesOf(group: Commands, before = ""): string[] {
  return Object.entries(group).flatMap(([name, entry]) => {
    if (entry.hidden) return [];
    return "commands" in entry ? leavesOf(entry.commands, `${before}${name} `) : [before + name];
  });
}
