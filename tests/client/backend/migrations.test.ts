import { assertEquals, assertStringIncludes } from "@std/assert";
import { it } from "@std/testing/bdd";
import { withHostileClone } from "../../support/hostile_clone.ts";

it("a version of a migration that is no number is told as the host's fault", async () => {
  await withHostileClone(
    async ({ run }) => {
      const { code, stderr } = await run(["db", "migrations", "status"]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "in a form that this version does not know");
    },
    () => Response.json([{ version: "../x", name: "x", statements: [] }, { version: "1" }]),
  );
});
