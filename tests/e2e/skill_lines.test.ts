import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { type PlatformEmulator, startPlatform, USER_KEY } from "../support/platform.ts";
import { SKILL_LINES, wordsOf } from "../support/skill_lines.ts";

const FILES = {
  "a.txt": "content",
  "my-handler.ts": "export default () => new Response('hi');",
  "site/index.html": "<h1>home</h1>",
};

const SCHEMA = `
  CREATE TABLE posts (id text PRIMARY KEY DEFAULT gen_random_uuid()::text, title text, status text,
    archived boolean DEFAULT false);
  CREATE TABLE users (id int PRIMARY KEY);
  CREATE FUNCTION add_up() RETURNS int LANGUAGE sql AS 'SELECT 1';`;

let cwd: string;
let platform: PlatformEmulator;
const ids = new Map<string, string>();

const run = (...args: string[]) => insforge(args, { cwd, reveals: true });
/** As who is logged in at the platform. */
const runAtPlatform = (...args: string[]) =>
  insforge(args, {
    cwd,
    env: {
      INSFORGE_API_URL: platform.url,
      INSFORGE_ACCESS_TOKEN: USER_KEY,
      INSFORGE_FEEDBACK_URL: `${platform.url}/feedback`,
    },
    reveals: true,
  });

describe("the command lines of the public skill", () => {
  beforeAll(async () => {
    cwd = await Deno.realPath(await Deno.makeTempDir({ prefix: "insforge-test-" }));
    await Deno.mkdir(`${cwd}/site`);
    for (const [name, text] of Object.entries(FILES)) {
      await Deno.writeTextFile(`${cwd}/${name}`, text);
    }
    platform = startPlatform();
    await run("local", "start", "--no-postgres");
  });
  afterAll(async () => {
    await run("branch", "delete", "feat", "-y");
    await run("local", "stop");
    await platform[Symbol.asyncDispose]();
    await Deno.remove(cwd, { recursive: true });
    const done = SKILL_LINES.filter(([, , expected]) => expected !== "open").length;
    console.log(`${done}/${SKILL_LINES.length} command lines of the skill are answered.`);
  });

  for (const [place, line, expected] of SKILL_LINES) {
    it({ name: `${expected}: ${line} (${place})`, ignore: expected === "open" }, async () => {
      const words = wordsOf(line).map((word) => ids.get(word) ?? word);
      const wantsId = /^(schedules|backups) create/.test(line);
      const runLine = expected === "account" ? runAtPlatform : run;
      const { code, stdout, stderr } = await runLine(...words, ...wantsId ? ["--json"] : []);
      if (expected === "elsewhere") {
        assertEquals([code, stdout], [1, ""]);
        assertStringIncludes(stderr, `npx -y @insforge/cli ${words[0]}`);
        return;
      }
      assertEquals(code, 0, stderr);
      if (wantsId) ids.set(line.startsWith("s") ? "$schedule" : "$backup", JSON.parse(stdout).id);
      if (line.startsWith("db migrations new")) await fillMigration();
    });
  }

  it("are not fewer done than before", () => {
    const done = SKILL_LINES.filter(([, , expected]) => expected !== "open").length;
    assert(done / SKILL_LINES.length >= 0.85, `${done} of ${SKILL_LINES.length}`);
  });
});

async function fillMigration(): Promise<void> {
  for await (const { name } of Deno.readDir(`${cwd}/migrations`)) {
    await Deno.writeTextFile(`${cwd}/migrations/${name}`, SCHEMA);
  }
}
