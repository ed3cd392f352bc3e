import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { BlobReader, configure, TextWriter, ZipReader } from "@zip-js/zip-js";
import {
  measureArchive,
  packFiles,
} from "../../../../src/commands/deployments/publishing/archive.ts";
import { selectFiles } from "../../../../src/commands/deployments/publishing/select.ts";
import { FileError } from "../../../../src/core/errors.ts";
import { writeSite } from "../../../support/site.ts";
import { withFolder } from "../../../support/temporary.ts";

const signal = new AbortController().signal;
const site = {
  "z.txt": "last",
  "a/ü.txt": "é",
  "a.txt": "first",
  "big.txt": "x".repeat(1_000_000),
};

async function pack(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const { files } = await selectFiles(folder, signal);
  const chunks = await Array.fromAsync(packFiles(files));
  return new Uint8Array(await new Blob(chunks.map((chunk) => chunk.slice())).arrayBuffer());
}

describe("the archive of a deployment", () => {
  it("R56: is the same for the same files, in the order of their paths", async () => {
    await withFolder(async (folder) => {
      await writeSite(`${folder}/one`, site);
      // Written in another order, at another time, with other rights.
      await writeSite(`${folder}/two`, Object.fromEntries(Object.entries(site).reverse()));
      await Deno.utime(`${folder}/two/a.txt`, 1, 1);
      if (Deno.build.os !== "windows") await Deno.chmod(`${folder}/two/z.txt`, 0o600);
      const [one, two] = [await pack(`${folder}/one`), await pack(`${folder}/two`)];
      assertEquals(one.toHex(), two.toHex());
      configure({ useWebWorkers: false });
      const zip = new ZipReader(new BlobReader(new Blob([one])));
      const entries = await zip.getEntries();
      assertEquals(entries.map(({ filename }) => filename), [
        "a.txt",
        "a/ü.txt",
        "big.txt",
        "z.txt",
      ]);
      const years = entries.map(({ lastModDate }) => lastModDate.getFullYear());
      assertEquals(years, [1980, 1980, 1980, 1980]);
      const texts = await Promise.all(
        entries.map((entry) => entry.directory ? "" : entry.getData(new TextWriter())),
      );
      assertEquals(texts, ["first", "é", site["big.txt"], "last"]);
      await zip.close();
    });
  });

  it("R56: has a length that is known before it is sent", async () => {
    await withFolder(async (folder) => {
      await writeSite(folder, site);
      const { files } = await selectFiles(folder, signal);
      const size = await measureArchive(files, () => {});
      assertEquals(size, (await pack(folder)).length);
      assert(size < 10_000);
    });
  });

  it("R56: fails when a file is gone, instead of leaving it out", async () => {
    await withFolder(async (folder) => {
      await writeSite(folder, site);
      const { files } = await selectFiles(folder, signal);
      await Deno.remove(`${folder}/big.txt`);
      await assertRejects(() => measureArchive(files, () => {}), FileError, "big.txt");
    });
  });
});
