import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Fence } from "../../src/server/database/fence.ts";

const newFence = () => new Fence(new Int32Array(new SharedArrayBuffer(4)));

describe("the fence of a database's files", () => {
  it("lets operations pass, failed ones too, until it is closed", async () => {
    const fence = newFence();
    assertEquals(fence.pass(() => 1), 1);
    assertThrows(() =>
      fence.pass(() => {
        throw new RangeError("failed");
      }), RangeError);
    assertEquals(fence.pass(() => 2), 2);
    await fence.close();
    assertThrows(() => fence.pass(() => 3), Error, "given up");
    await fence.close();
  });

  it("waits for the operation that has begun, and lets none follow it", async () => {
    const fence = newFence();
    let isClosed = false;
    let closing: Promise<void> | undefined;
    fence.pass(() => {
      closing = fence.close().then(() => void (isClosed = true));
      assertThrows(() => fence.pass(() => {}));
      assertEquals(isClosed, false);
    });
    assertThrows(() => fence.pass(() => {}));
    await closing;
  });
});
