import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Message, MessageWriter } from "../../../src/server/kv/protobuf.ts";

describe("messages of Protocol Buffers", () => {
  it("read as they were written", () => {
    const inner = new MessageWriter().number(1, 300).finish();
    const whole = new MessageWriter().number(1, 2 ** 40 + 1).number(2, true).bytes(3, inner)
      .bytes(3, new Uint8Array()).numbers(4, [0, 1, 300]).finish();
    const message = new Message(whole);
    assertEquals([message.number(1), message.flag(2), message.flag(9)], [2 ** 40 + 1, true, false]);
    assertEquals(message.messages(3).map((part) => part.number(1)), [300, 0]);
    assertEquals([...message.bytes(4)], [0, 1, 172, 2]);
    assertEquals(message.bytes(9).length, 0);
  });

  it("take numbers below zero, the last of several, and skip what is unknown", () => {
    const below = [8, ...Array(9).fill(255), 1];
    const message = new Message(
      new Uint8Array([8, 1, ...below, 17, 1, 2, 3, 4, 5, 6, 7, 8, 29, 1, 2, 3, 4]),
    );
    assertEquals(message.number(1), -1);
  });

  it("are refused when they are none", () => {
    const broken = [[8], [10, 5, 1], [11], [8, ...Array(10).fill(255), 1], [10, 255, 255, 255]];
    for (const bytes of broken) {
      assertThrows(() => new Message(new Uint8Array(bytes)), RangeError);
    }
    const message = new Message(new Uint8Array([8, 1, 18, 1, 0]));
    assertThrows(() => message.bytes(1), RangeError);
    assertThrows(() => message.number(2), RangeError);
  });
});
