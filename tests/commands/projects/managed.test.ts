/** What becomes of projects of the platform, at its emulator. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SELF_HOSTED } from "../../../src/config/project.ts";
import { withAccount } from "../../support/account.ts";

describe("a project of the platform", () => {
  it("is seen, changed, resized, handed over and deleted", async () => {
    await withAccount(async ({ json, run, platform }) => {
      assertEquals((await json("projects get")).name, "shop");
      assertEquals((await json("projects list")).map(({ name }: { name: string }) => name), [
        "shop",
      ]);
      const other = await run("projects", "list", "--org-id", "org-2");
      assertStringIncludes(other.stdout, "no project yet");
      assertStringIncludes((await run("projects", "get")).stdout, "nano");
      const changed = await json("projects update", "--name", "store", "--domain", "shop.test");
      assertEquals([changed.name, changed.customized_domain], ["store", "shop.test"]);
      for (const words of [[], ["--name", "x"], ["--storage-size", "7"]]) {
        assertEquals((await run("projects", "update", ...words)).code, 1);
      }

      const asked = await run("projects", "upgrade-instance", "large");
      assertStringIncludes(asked.stderr, "the bill may change");
      assertEquals((await run("projects", "upgrade-instance", "huge", "-y")).code, 1);
      const resized = await json("projects upgrade-instance", "large", "-y");
      assertEquals([resized.previousInstanceType, resized.newInstanceType], ["nano", "large"]);

      // None that was not named.
      assertEquals((await run("projects", "transfer", "org-2", "-y")).code, 1);
      assertEquals((await run("projects", "delete", "-y")).code, 1);
      const lost = await run("projects", "transfer", "org-9", "--project", "project-1", "-y");
      assertEquals(lost.code, 4);
      assertStringIncludes(lost.stderr, "There is no organization org-9.");
      await json("projects transfer", "org-2", "--project", "project-1", "-y");
      assertEquals(platform.projects.get("org-2")!.map(({ name }) => name), ["store"]);
      assertStringIncludes(
        (await run("projects", "delete", "--project", "project-1")).stderr,
        "Delete the project store (project-1)",
      );
      assertEquals((await json("projects delete", "--project", "project-1", "-y")).deleted, true);
      assertEquals(platform.projects.get("org-2"), []);
      const gone = await run("projects", "delete", "--project", "project-1", "-y");
      assertEquals(gone.code, 4);
      assertStringIncludes(gone.stderr, "There is no project project-1.");
    });
  });

  it("is brought to the newest version, and waited for", async () => {
    await withAccount(async ({ json, run, platform }) => {
      const asked = await run("projects", "update-version");
      assertStringIncludes(asked.stderr, "Update shop from 2.1.0 to v2.2.2?");
      const updated = await json("projects update-version", "--wait", "-y");
      assertEquals([updated.service_version, updated.operation_status], ["2.2.2", null]);
      assertEquals((await json("projects update-version")).updated, false);

      platform.projects.get("org-1")![0]!.service_version = "2.0.0";
      const begun = await json("projects update-version", "-y");
      assertEquals(begun.operation_status, "updating_project_version");
    });
  });

  it("is brought back when it is paused, and only then", async () => {
    await withAccount(async ({ json, run, platform }) => {
      const refused = await run("projects", "restore");
      for (const text of ["not paused", "insforge projects get"]) {
        assertStringIncludes(refused.stderr, text);
      }
      platform.projects.get("org-1")![0]!.status = "paused";
      assertEquals((await json("projects restore")).status, "active");
    });
  });

  it("is told that its change may have happened where the answer is lost", async () => {
    await withAccount(async ({ run, platform }) => {
      platform.faults.push({ method: "PUT", path: /projects/, status: 504, times: 9 });
      const { code, stderr } = await run("projects", "update", "--name", "store");
      assertEquals(code, 1);
      assertStringIncludes(stderr, "the project may be changed");
      assertStringIncludes(stderr, "insforge projects get --project project-1");
    });
  });

  it("has to be one of the platform", async () => {
    await withAccount(async ({ run, cwd }) => {
      const local = { ...SELF_HOSTED, api_key: "ik_1", oss_host: "http://127.0.0.1:1" };
      await Deno.writeTextFile(`${cwd}/.insforge/project.json`, JSON.stringify(local));
      const { code, stderr } = await run("projects", "get");
      assertEquals(code, 3);
      assertStringIncludes(stderr, "no project of the platform");
      assertEquals((await run("projects", "get", "--project", "project-1")).code, 0);
    });
  });
});
