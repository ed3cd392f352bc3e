import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NotificationSieve } from "../../src/server/database/notification_sieve.ts";

function message(type: string, body: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(body);
  const bytes = new Uint8Array([type.charCodeAt(0), 0, 0, 0, 0, ...text]);
  new DataView(bytes.buffer).setUint32(1, 4 + text.length);
  return bytes;
}

const mine = (payload: string) => message("A", `1234mine\0${payload}\0`);

describe("the notification sieve", () => {
  const others = [
    message("D", "AAAA".repeat(50)),
    message("Z", "I"),
  ];
  const answer = new Uint8Array([
    ...mine("first"),
    ...others[0]!,
    ...mine("second"),
    ...mine(""),
    ...others[1]!,
    ...mine("last"),
  ]);

  for (const size of [1, 2, 3, 5, 7, 64, answer.length]) {
    it(`takes out the notifications from pieces of ${size} bytes`, () => {
      const heard: string[] = [];
      const sieve = new NotificationSieve(({ payload }) => heard.push(payload));
      const passed: number[] = [];
      for (let start = 0; start < answer.length; start += size) {
        passed.push(...sieve.sift(answer.slice(start, start + size)));
      }
      assertEquals(heard, ["first", "second", "", "last"]);
      assertEquals(passed, others.flatMap((bytes) => [...bytes]));
    });
  }
});
