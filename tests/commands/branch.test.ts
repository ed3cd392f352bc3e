/** Branches of the platform's projects; those of the local backend are in tests/e2e. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { requireAnswer } from "../support/answers.ts";
import { type Account, LINK, withAccount } from "../support/account.ts";

/** A directory that is linked to a project of the emulator. */
async function linked(
  work: (run: Account["run"], folder: string) => Promise<void>,
): Promise<void> {
  await withAccount(({ run, cwd }) => work((...args) => run("branch", ...args), cwd));
}

describe("branches of a project of the platform", () => {
  it("are made, waited for, listed, switched to and left again", async () => {
    await linked(async (run, cwd) => {
      const json = async (command: string, ...args: string[]) => {
        const { code, stdout, stderr } = await run(command, ...args, "--json");
        assertEquals(code, 0, stderr);
        requireAnswer(`branch ${command}`, JSON.parse(stdout));
        return JSON.parse(stdout);
      };
      const link = async () => JSON.parse(await Deno.readTextFile(`${cwd}/.insforge/project.json`));
      const { branch } = await json("create", "feat", "--mode", "schema-only");
      assertEquals([branch.branch_state, branch.branch_metadata.mode], ["ready", "schema-only"]);
      const { project_id, api_key, oss_host, branched_from, guard } = await link();
      assertEquals([project_id, api_key, guard], [branch.id, `ik_${branch.id}`, false]);
      assertEquals(oss_host, `https://${branch.appkey}.us-east.insforge.app`);
      assertEquals(branched_from, { project_id: "project-1", project_name: "shop" });
      assertStringIncludes((await run("create", "deeper")).stderr, "branch switch --parent");

      const { data: [listed] } = await json("list");
      assertEquals([listed.name, listed.current], ["feat", true]);
      await json("switch", "--parent");
      assertEquals(await link(), LINK);
      assertEquals((await run("switch", "--parent")).code, 1);
      // What a repository brings is no parent.
      const theirs = `${cwd}/.insforge/project.parent.json`;
      await Deno.writeTextFile(theirs, JSON.stringify({ ...LINK, oss_host: "https://evil.test" }));
      assertEquals((await run("switch", "--parent")).code, 1);
      assertEquals(await link(), LINK);
      assertEquals((await json("switch", "feat")).branch_id, branch.id);
      assertEquals((await run("switch", "none")).code, 4);
      assertEquals((await json("reset", "feat", "-y")).branch.branch_state, "ready");
      assertEquals((await json("delete", "feat", "-y")).switched_back, true);
      assertEquals(await link(), LINK);
      assertEquals((await json("list")).data, []);
    });
  });

  it("are merged once a person agrees, and not where both changed the same", async () => {
    await linked(async (run, cwd) => {
      for (const name of ["feat", "both"]) await run("create", name, "--no-switch");
      const dry = await run("merge", "feat", "--dry-run", "--save-sql", "m.sql", "--json");
      requireAnswer("branch merge", JSON.parse(dry.stdout));
      assertEquals(JSON.parse(dry.stdout).applied, false);
      assertStringIncludes(await Deno.readTextFile(`${cwd}/m.sql`), "CREATE TABLE tags");
      assertStringIncludes((await run("merge", "feat")).stderr, "1 new and 0 changed objects");
      const merged = JSON.parse((await run("merge", "feat", "-y", "--json")).stdout);
      requireAnswer("branch merge", merged);
      assertEquals([merged.applied, merged.status], [true, "merged"]);
      const refused = await run("merge", "both", "-y", "--json");
      assertEquals(refused.code, 1);
      const { code, error } = JSON.parse(refused.stderr);
      assertEquals(code, "MERGE_CONFLICT");
      assertStringIncludes(error, "public.posts");
    });
  });

  it("are none of a self-hosted backend", async () => {
    await linked(async (run, cwd) => {
      const own = { ...LINK, project_id: "fa4e0000-1234-5678-90ab-cd1234567890" };
      await Deno.writeTextFile(`${cwd}/.insforge/project.json`, JSON.stringify(own));
      assertStringIncludes((await run("list")).stderr, "This backend has no branches");
    });
  });
});
