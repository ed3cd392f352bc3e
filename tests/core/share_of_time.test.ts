import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ShareOfTime } from "../../src/core/share_of_time.ts";

function busy(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

describe("a share of a thread's time", () => {
  it("lets little work go on, and makes what takes more than its share wait", async () => {
    const time = new ShareOfTime(0.1, 5);
    assertEquals(time.do(() => {}), undefined);
    let taken = 0;
    const started = performance.now();
    for (let piece = 0; piece < 10; piece++) {
      await time.do(() => {
        const before = performance.now();
        busy(2);
        taken += performance.now() - before;
      });
    }
    // All but what was given ahead took a tenth of the time at most.
    assert(performance.now() - started >= (taken - 5) * 9);
  });

  it("is taken as well by what was done elsewhere", async () => {
    const time = new ShareOfTime(0.1, 5);
    assertEquals(time.take(0.5), undefined);
    const started = performance.now();
    await time.take(14);
    assert(performance.now() - started >= 80);
  });
});
