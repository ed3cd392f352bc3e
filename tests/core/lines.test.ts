import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { linesOf } from "../../src/core/lines.ts";

async function read(chunks: readonly string[], longest = 100): Promise<string[]> {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  return await Array.fromAsync(linesOf(ReadableStream.from(bytes), longest));
}

describe("the lines of a stream", () => {
  it("come whole, wherever the stream was cut, with the one that has no end", async () => {
    assertEquals(await read(["a\nb", "c\n", "\nd"]), ["a", "bc", "", "d"]);
    assertEquals(await read([]), []);
  });

  it("are cut where one does not end", async () => {
    assertEquals(await read(["abcd", "efgh", "i\nj\n"], 3), ["abci", "j"]);
  });
});
