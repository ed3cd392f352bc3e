import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { requireAnswer } from "../support/answers.ts";
import { insforge } from "../support/executable.ts";
import { withFolder } from "../support/temporary.ts";

const SCRIPT = `
  const { INSFORGE_BASE_URL: url, INSFORGE_API_KEY: key, INSFORGE_ANON_KEY, DATABASE_URL } = Deno.env.toObject();
  const answer = await fetch(url + "/api/database/tables", { headers: { authorization: "Bearer " + key } });
  console.log(JSON.stringify({ status: answer.status, args: Deno.args, DATABASE_URL, hasKey: !!INSFORGE_ANON_KEY }));
  Deno.exit(Number(Deno.args[0]));
`;

describe("local run", () => {
  it("gives a command a backend, ends with its exit code and stops what it started", async () => {
    await withFolder(async (cwd) => {
      await Deno.writeTextFile(`${cwd}/script.ts`, SCRIPT);
      const line = [Deno.execPath(), "run", "-A", "--quiet", "script.ts", "7", "--flag"];
      const { code, stdout, stderr } = await insforge(["local", "run", "--", ...line], {
        cwd,
        reveals: true,
      });
      assertEquals(code, 7, stderr);
      const told = JSON.parse(stdout);
      requireAnswer("local run", told);
      assertEquals([told.status, told.args, told.hasKey], [200, ["7", "--flag"], true]);
      assertMatch(told.DATABASE_URL, /^postgres(ql)?:\/\/.+@127\.0\.0\.1:\d+\//);
      const status = await insforge(["local", "status", "--json"], { cwd });
      assertEquals(JSON.parse(status.stdout).status, "stopped");
    });
  });

  it("leaves nothing of an ephemeral backend, and names a program that is not there", async () => {
    await withFolder(async (cwd) => {
      await Deno.mkdir(`${cwd}/tmp`);
      const env = { TMPDIR: `${cwd}/tmp` };
      const failed = await insforge(["local", "run", "--ephemeral", "--", "no-such-program"], {
        cwd,
        env,
      });
      assertEquals(failed.code, 4);
      assertStringIncludes(failed.stderr, "There is no program no-such-program.");
      assertEquals(await Array.fromAsync(Deno.readDir(`${cwd}/tmp`)), []);
      assertEquals(await Deno.lstat(`${cwd}/.insforge`).then(() => true, () => false), false);
    });
  });
});
