/** What every command that talks to a server answers, held against its schema. */
import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { dirname } from "@std/path";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { ANSWERS, answerSchema } from "../../src/reference/answers/mod.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { fill, type Known, type Line, LINES, login } from "../support/faulty_commands.ts";
import { runInProcess } from "../support/in_process.ts";
import { type PlatformEmulator, startPlatform } from "../support/platform.ts";
import { withFolder } from "../support/temporary.ts";

/** Lines that are recorded with servers which answer nothing else. */
const ELSEWHERE = ["backups", "advisor", "upgrade", "branch", "local"];

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
  const validator = new AjvJsonSchemaValidator();

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
      const schema = answerSchema(command);
      assert(schema, "it has none");
      const validate = validator.getValidator(schema);
      for (const line of own) {
        const { valid, errorMessage } = validate(await answerOf(line));
        assert(valid, errorMessage);
      }
    });
  }

  it("is one of a command that is held against it here", () => {
    const covered = Object.keys(LINES);
    const loose = Object.keys(ANSWERS).filter((command) => !covered.includes(command));
    assertEquals(loose, []);
  });

  it("tells a document from another", () => {
    const validate = validator.getValidator(answerSchema("storage upload")!);
    assertEquals(validate({ bucket: "files", key: "a.txt", size: 1 }).valid, true);
    assertEquals(validate({ bucket: "files", key: "a.txt", size: "1" }).valid, false);
    assertEquals(validate([]).valid, false);
  });
});
