import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FileError } from "../../../src/core/errors.ts";
import { listSnapshots, takeSnapshot } from "../../../src/shared/copies/snapshots.ts";
import { withFolder } from "../../support/temporary.ts";

describe("snapshots", () => {
  it("of one name that are taken at once are one, and the other is refused", async () => {
    await withFolder(async (store) => {
      const both = Promise.withResolvers<void>();
      let begun = 0;
      const take = () => {
        const labels = { name: "one", createdAt: new Date(0).toISOString() };
        return takeSnapshot(store, labels, () => new Date(0), async (target) => {
          await Deno.mkdir(target);
          if (++begun === 2) both.resolve();
          await both.promise;
          return 7;
        });
      };
      const taken = await Promise.allSettled([take(), take()]);
      const refused = taken.filter(({ status }) => status === "rejected");
      assertEquals(refused.length, 1);
      await assertRejects(
        () => Promise.reject((refused[0] as PromiseRejectedResult).reason),
        FileError,
        "There is a snapshot one already",
      );
      assertEquals((await listSnapshots(store)).map(({ name, bytes }) => [name, bytes]), [[
        "one",
        7,
      ]]);
      // Nothing is left of the other.
      assertEquals((await Array.fromAsync(Deno.readDir(store))).length, 1);
    });
  });
});
