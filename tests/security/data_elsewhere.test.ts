/** A link of a clone that names data which lie outside of it: another project's, or anybody's. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { it } from "@std/testing/bdd";
import { SELF_HOSTED } from "../../src/config/project.ts";
import { withHostileClone } from "../support/hostile_clone.ts";

it("data outside of the project are named, and neither made nor used", async () => {
  await withHostileClone(async ({ root, home, host, run }) => {
    const dataDir = `${home}/other/.insforge/local`;
    const link = { ...SELF_HOSTED, region: "local", api_key: "ik_theirs", oss_host: host.url };
    const named = JSON.stringify({ ...link, data_dir: dataDir });
    await Deno.writeTextFile(`${root}/.insforge/project.json`, named);
    const commands = [["branch", "list"], ["branch", "create", "b"], ["backups", "create"]];
    for (const args of [...commands, ["backups", "restore", "x", "-y"]]) {
      const { code, stderr } = await run(args);
      assertEquals(code, 1, args.join(" "));
      assertStringIncludes(stderr, `keeps its data in ${dataDir}, outside of this project`);
    }
    assertEquals(await Deno.lstat(`${home}/other`).catch(() => undefined), undefined);
    assertEquals(host.requests.length, 0);
  });
});
