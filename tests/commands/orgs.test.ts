/** Organizations, who belongs to them and what they pay, at the platform's emulator. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { withAccount } from "../support/account.ts";

describe("organizations of the platform", () => {
  it("are told by id where one has to be chosen and nobody can be asked", async () => {
    await withAccount(async ({ run, cwd }) => {
      await Deno.remove(`${cwd}/.insforge/project.json`);
      const { code, stderr } = await run("billing", "status");
      assertEquals(code, 1);
      assertStringIncludes(stderr, "Give --org-id, one of: org-1, org-2.");
      const linked = await run("link", "--org-id", "org-1");
      assertStringIncludes(linked.stderr, "one of: project-1 for shop (us-east, active).");
      const shown = await run("billing", "status", "--org-id", "org-1");
      assertStringIncludes(shown.stdout, "Ends then:  no");
      const used = await run("usage", "--org-id", "org-1");
      assertStringIncludes(used.stdout, "AI credits:");
    });
  });

  it("are made, changed, listed and deleted with what they hold", async () => {
    await withAccount(async ({ json, run, platform }) => {
      const made = await json("orgs create", "shop", "--type", "company");
      assertEquals([made.name, made.type], ["shop", "company"]);
      assertEquals(
        (await json("orgs update", "--name", "store", "--org-id", made.id)).name,
        "store",
      );
      const names = (await json("orgs list")).map(({ name }: { name: string }) => name);
      assertEquals(names, ["org-1", "org-2", "store"]);

      // None that was not named.
      assertEquals((await run("orgs", "delete", "-y")).code, 1);
      assertEquals((await run("orgs", "leave", "-y")).code, 1);
      const asked = await run("orgs", "delete", "--org-id", "org-1");
      assertEquals(asked.code, 1);
      assertStringIncludes(asked.stderr, "With it go shop.");
      assertEquals((await run("orgs", "delete", "--org-id", "none", "-y")).code, 4);
      assertEquals(await json("orgs delete", "--org-id", "org-1", "-y"), {
        deleted: true,
        org_id: "org-1",
        linked_project_deleted: true,
      });
      assertEquals(platform.projects.has("org-1"), false);
      assertEquals((await json("orgs leave", "--org-id", made.id, "-y")).left, true);
    });
  });

  it("have members, who are invited, promoted and taken out", async () => {
    await withAccount(async ({ json, run }) => {
      const invited = await json("orgs members invite", "eve@example.com", "--role", "developer");
      assertEquals([invited.email, invited.role], ["eve@example.com", "developer"]);
      assertEquals((await json("orgs members role", "m-2", "administrator")).role, "administrator");
      const before = await json("orgs members list");
      assertEquals([before.members.length, before.invitations.length], [2, 1]);
      const shown = await run("orgs", "members", "list");
      for (const text of ["grace@example.com", "Invited", "eve@example.com"]) {
        assertStringIncludes(shown.stdout, text);
      }
      const asked = await run("orgs", "members", "remove", "m-2");
      assertStringIncludes(asked.stderr, "Take grace@example.com out");
      assertEquals((await json("orgs members remove", "m-2", "-y")).removed, true);
      assertEquals((await run("orgs", "members", "remove", "m-2", "-y")).code, 4);
      const unknown = await run("orgs", "members", "role", "m-2", "developer");
      assertEquals(unknown.code, 4);
      for (const text of ["org-1 has no member m-2", "orgs members list"]) {
        assertStringIncludes(unknown.stderr, text);
      }
      const leaving = await run("orgs", "leave", "--org-id", "org-1", "-y");
      for (const text of ["last", "members list"]) assertStringIncludes(leaving.stderr, text);
      for (const words of [["invite", "eve"], ["role", "m-1", "owner"]]) {
        assertEquals((await run("orgs", "members", ...words)).code, 1);
      }
    });
  });

  it("are those that were named, linked or chosen last, in this order", async () => {
    await withAccount(async ({ run, platform, env }) => {
      const asked = async (...args: string[]) => {
        platform.requests.length = 0;
        await run("billing", "status", ...args);
        return platform.requests.at(-1)!.split("/")[3];
      };
      assertEquals(await asked(), "org-1");
      env.INSFORGE_ORG_ID = "org-2";
      assertEquals(await asked(), "org-2");
      assertEquals(await asked("--org-id", "org-1"), "org-1");
    });
  });

  it("pay: what, and where that is changed, has an address and no charge", async () => {
    await withAccount(async ({ json, run }) => {
      assertEquals((await json("billing upgrade", "pro")).checkoutUrl, "https://pay.test/pro");
      assertEquals((await json("billing manage")).portalUrl, "https://pay.test/portal");
      const gold = await run("billing", "upgrade", "gold");
      for (const text of ["no plan gold", "such as pro"]) assertStringIncludes(gold.stderr, text);
      // Where nobody sits at a browser, its address is the answer.
      assertEquals((await run("billing", "manage")).stdout, "https://pay.test/portal\n");
      const { stdout } = await run("usage");
      for (const text of ["Database", "2.0 MiB", "AI credits", "69.83", "shop"]) {
        assertStringIncludes(stdout, text);
      }
      const shown = await run("billing", "credits");
      for (const text of ["$12.50", "20.00", "Welcome"]) assertStringIncludes(shown.stdout, text);
      assertStringIncludes((await run("billing", "cycles")).stdout, "2026-11-01 to 2026-11-30");
    });
  });

  it("refuse what is only done with an account", async () => {
    await withAccount(async ({ run, globalFolder }) => {
      await Deno.remove(`${globalFolder}/credentials.json`);
      assertEquals((await run("orgs", "list")).code, 2);
    });
  });
});
