import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { forEachParallel } from "../../src/core/parallel.ts";

describe("work on many things at once", () => {
  it("takes each in order, and no more at once than the width", async () => {
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    await forEachParallel([1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
    });
    assertEquals([begun, most], [[1, 2, 3, 4, 5], 2]);
  });

  it("stops at the first failure, once what is under way has ended", async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const slow = Promise.withResolvers<void>();
    const all = forEachParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
      begun.push(item);
      if (item === 2) {
        slow.resolve();
        throw new Error("the second");
      }
      await slow.promise;
      ended.push(item);
    });
    await assertRejects(() => all, Error, "the second");
    assertEquals([begun, ended], [[1, 2], [1]]);
  });
});
