import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openCipher } from "../../src/server/secrets/cipher.ts";

describe("how secrets rest", () => {
  it("is of the contract's form, and reads back, whatever the text", async () => {
    const cipher = await openCipher("a password");
    for (const text of ["", "value", "ü\n\0", "\ufeffx", "x".repeat(100_000)]) {
      const stored = await cipher.encrypt(text);
      assertMatch(stored, /^[0-9a-f]{32}:[0-9a-f]{32}:[0-9a-f]*$/);
      assertEquals(await cipher.decrypt(stored), text);
    }
  });

  it("has a number of its own each time: the same text never looks the same", async () => {
    const cipher = await openCipher("a password");
    const stored = await Promise.all(Array.from({ length: 50 }, () => cipher.encrypt("same")));
    const numbers = stored.map((text) => text.split(":")[0]!);
    assertEquals(new Set(numbers).size, 50);
    assert(numbers.every((number) => !/^0+$/.test(number)));
    assertEquals(new Set(stored.map((text) => text.split(":")[2])).size, 50);
  });

  it("is refused when it was changed in any part, or by another password", async () => {
    const cipher = await openCipher("a password");
    const stored = await cipher.encrypt("value");
    for (const part of [0, 1, 2]) {
      const parts = stored.split(":");
      parts[part] = parts[part]!.replace(/^./, (digit) => digit === "0" ? "1" : "0");
      await assertRejects(() => cipher.decrypt(parts.join(":")));
    }
    const other = await openCipher("another password");
    await assertRejects(() => other.decrypt(stored));
  });
});
