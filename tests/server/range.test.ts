import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseRange, readRange } from "../../src/server/http/range.ts";
import { withFolder } from "../support/temporary.ts";

describe("a part of a content", () => {
  it("lies in the content, whatever the header asks for", () => {
    const asked = {
      "bytes=0-0": { first: 0, last: 0 },
      "bytes=2-": { first: 2, last: 9 },
      "bytes=2-99": { first: 2, last: 9 },
      "bytes=-3": { first: 7, last: 9 },
      "bytes=-99": { first: 0, last: 9 },
      "bytes=10-": "none",
      "bytes=5-4": "none",
      "bytes=-": undefined,
      "bytes=0-1,3-4": undefined,
      "items=0-1": undefined,
    };
    assertEquals(Object.keys(asked).map((header) => parseRange(header, 10)), Object.values(asked));
    assertEquals(parseRange(null, 10), undefined);
    assertEquals(parseRange("bytes=-1", 0), "none");
  });

  it("is read to its last byte, and no further", () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/a`, "0123456789");
      for (const [first, last, text] of [[0, 0, "0"], [3, 5, "345"], [8, 99, "89"]] as const) {
        const chunks = [];
        for await (const chunk of readRange(await Deno.open(`${folder}/a`), { first, last })) {
          chunks.push(chunk);
        }
        assertEquals(await new Blob(chunks as BlobPart[]).text(), text);
      }
    }));
});
