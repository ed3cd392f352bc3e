import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { readFiles } from "../../../../src/commands/deployments/publishing/read.ts";
import { withFolder } from "../../../support/temporary.ts";

const text = (content: string) => new TextEncoder().encode(content);
const secrets = [{ name: "KEY of .env", value: "0123456789abcdef" }];

/** Reads files of these contents, which are called by their numbers. */
async function read(contents: readonly Uint8Array[]) {
  return await withFolder(async (folder) => {
    const files = contents.map((content, index) => {
      const location = `${folder}/${index}`;
      Deno.writeFileSync(location, content);
      return { path: `${index}`, location, size: content.length };
    });
    return await readFiles(files, secrets, new AbortController().signal, () => {});
  });
}

describe("reading the files of a site", () => {
  it("takes none for another that is read meanwhile", async () => {
    const kinds = [
      gzipSync("-- PostgreSQL database dump\n"),
      text(`a page with ${secrets[0]!.value}`),
      text(["-----BEGIN", "PRIVATE KEY-----\n"].join(" ")),
      gzipSync("a page"),
      text("\ufeff-- PostgreSQL database dump\n"),
      text(""),
    ];
    const contents = Array.from({ length: 60 }, (_, index) => kinds[index % kinds.length]!);
    const { files, dumps, keys, leaks } = await read(contents);
    const kindsOf = (paths: readonly string[]) =>
      [...new Set(paths.map((path) => Number(path) % kinds.length))].toSorted();
    assertEquals([kindsOf(dumps), kindsOf(keys)], [[0, 4], [2]]);
    assertEquals([dumps.length, keys.length], [20, 10]);
    assertEquals([leaks.length, kindsOf(leaks.map(({ path }) => path))], [10, [1]]);
    assertEquals(
      files.map(({ sha, size }) => [sha, size]),
      contents.map((content) => [createHash("sha1").update(content).digest("hex"), content.length]),
    );
  });

  it("decodes nothing that is no text and begins like no dump", async () => {
    const Real = globalThis.TextDecoder;
    let decoders = 0;
    globalThis.TextDecoder = class extends Real {
      constructor(...settings: ConstructorParameters<typeof Real>) {
        super(...settings);
        decoders++;
      }
    };
    try {
      await read([new Uint8Array(20_000), new Uint8Array([0x89, 0x50, 0])]);
      assertEquals(decoders, 0);
      await read([text("text")]);
      assertEquals(decoders, 1);
    } finally {
      globalThis.TextDecoder = Real;
    }
  });
});
