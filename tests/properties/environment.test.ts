import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { argumentText, fc, holds } from "../support/arbitraries.ts";
import { EXECUTABLE, insforge } from "../support/executable.ts";
import { has, run } from "../support/program.ts";
import { withFolder } from "../support/temporary.ts";
import { assertOrderly } from "../support/verdict.ts";

/** What the program reads, less what makes it wait for a network that is not there. */
const NAMES = [
  "INSFORGE_ACCESS_TOKEN",
  "INSFORGE_ALLOW_HOSTS",
  "INSFORGE_API_KEY",
  "INSFORGE_BASE_URL",
  "INSFORGE_API_URL",
  "INSFORGE_DOWNLOAD_URL",
  "INSFORGE_TEMPLATES_URL",
  "PAGER",
  "LESS",
  "CI",
  "NO_COLOR",
  "TERM",
  "TEMP",
  "DISPLAY",
  "USERPROFILE",
] as const;

/** None sends a GET, which would be tried again. */
const COMMANDS = [
  ["db", "query", "SELECT 1"],
  ["db", "import", "-"],
  ["secrets", "delete", "-y", "x"],
  ["grants", "docs"],
  ["grants", "login"],
  ["local", "status"],
  ["--help"],
] as const;

/** Nothing listens there, and no name has to be looked up. */
const CLOSED = { INSFORGE_BASE_URL: "http://127.0.0.1:1", INSFORGE_API_KEY: "key" };

const environment = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.oneof(
    argumentText,
    argumentText.map((text) => `http://127.0.0.1:1/${text}`),
    argumentText.map((text) => `http://127.0.0.1:${text}`),
    argumentText.map((text) => `http://${text}@127.0.0.1:1`),
  ),
  { maxKeys: 4 },
);

describe("environment variables", () => {
  it("of any value end in an exit code of the table and a sentence", () =>
    withFolder((folder) =>
      holds(
        [environment, fc.constantFrom(...COMMANDS), fc.boolean()],
        24,
        async (given, command, json) => {
          const env = { HOME: folder, ...CLOSED, INSFORGE_API_URL: "http://127.0.0.1:1", ...given };
          const args = json ? ["--json", ...command] : [...command];
          assertOrderly(await insforge(args, { cwd: folder, env }), { env, args });
          assertEquals([...Deno.readDirSync(folder)].length, 0, "something was written");
        },
        [
          [{ INSFORGE_ALLOW_HOSTS: "***, a b" }, COMMANDS[0], false],
          [{ INSFORGE_ALLOW_HOSTS: "evil:80:90" }, COMMANDS[0], true],
          [{ INSFORGE_BASE_URL: "http://a*b/" }, COMMANDS[0], false],
          [{ INSFORGE_API_KEY: "x\ny" }, COMMANDS[0], false],
          [{ TEMP: "/nonexistent" }, COMMANDS[1], false],
        ],
      )
    ));

  it("that cannot be sent as a key are refused without being shown", async () => {
    for (const key of ["se\ncret", "sécret☃"]) {
      const env = { ...CLOSED, INSFORGE_API_KEY: key };
      const { code, stderr } = await insforge(["db", "query", "SELECT 1"], { env });
      assertEquals(code, 2);
      assertStringIncludes(stderr, "The key for 127.0.0.1:1 holds characters that no key has.");
      assert(!stderr.includes("cret"), stderr);
    }
  });

  it("that name no host are named", async () => {
    const env = { ...CLOSED, INSFORGE_ALLOW_HOSTS: "good.example:8443, ba d" };
    const { code, stderr } = await insforge(["db", "query", "SELECT 1"], { env });
    assertEquals(code, 1);
    assertStringIncludes(stderr, 'INSFORGE_ALLOW_HOSTS holds what is no host: "ba d".');
  });

  it("that are empty count as unset", async () => {
    const env = { HOME: "/nonexistent", INSFORGE_API_URL: "", INSFORGE_ALLOW_HOSTS: "" };
    const { stdout } = await insforge(["--json", "grants", "whoami"], { env });
    assert(JSON.parse(stdout).net.includes("api.insforge.dev:443"), stdout);
  });

  it({
    name: "that are no UTF-8 are named, or ignored where they are not the program's own",
    ignore: !has("bash"),
    fn: () =>
      withFolder(async (folder) => {
        const script = join(folder, "run.sh");
        const bytes = `export "$1"=$'\\xff'; exec "$2" whoami`;
        await Deno.writeTextFile(script, bytes);
        for (const name of ["INSFORGE_API_URL", "INSFORGE_DEBUG", "PAGER", "NO_COLOR", "HOME"]) {
          const result = await run("bash", [script, name, EXECUTABLE], { env: { HOME: folder } });
          assertOrderly(result, name);
          const names = result.stderr.includes(`${name} is not UTF-8 text.`);
          assertEquals(names, name.startsWith("INSFORGE_"), result.stderr);
        }
      }),
  });
});
