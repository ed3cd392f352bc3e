import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { copyFolder, type CopySettings } from "../../src/files/copy_folder.ts";
import { withFolder } from "../support/temporary.ts";

const SETTINGS: CopySettings = {
  isLeft: (path) => path === "left",
  isImmutable: (path) => path.startsWith("kept/"),
};
const LARGE = 1024 ** 2 + 1;

/** Many small files, two large ones, one that may be shared, and one that is left out. */
async function fill(folder: string): Promise<number> {
  await Deno.mkdir(`${folder}/kept`, { recursive: true });
  await Deno.mkdir(`${folder}/below/further`, { recursive: true });
  for (let n = 0; n < 100; n++) await Deno.writeTextFile(`${folder}/below/${n}`, `${n}`.repeat(n));
  for (const name of ["large", "larger"]) {
    await Deno.writeFile(`${folder}/${name}`, new Uint8Array(LARGE).fill(7));
  }
  await Deno.writeTextFile(`${folder}/below/further/empty`, "");
  await Deno.writeTextFile(`${folder}/kept/object`, "object");
  await Deno.writeTextFile(`${folder}/left`, "left");
  return 10 * 9 / 2 + 90 * (10 + 99) + 2 * LARGE + "object".length;
}

async function requireSame(copy: string) {
  for (let n = 0; n < 100; n++) {
    assertEquals(await Deno.readTextFile(`${copy}/below/${n}`), `${n}`.repeat(n));
  }
  assertEquals((await Deno.stat(`${copy}/below/further/empty`)).size, 0);
  assertEquals(await Deno.readFile(`${copy}/larger`), new Uint8Array(LARGE).fill(7));
  assertEquals(await Deno.readTextFile(`${copy}/kept/object`), "object");
  await assertRejects(() => Deno.stat(`${copy}/left`), Deno.errors.NotFound);
}

describe("the copy of a folder", () => {
  it("has all that is not left out, and tells how much that is", async () => {
    await withFolder(async (folder) => {
      const bytes = await fill(`${folder}/from`);
      const copied = await copyFolder(`${folder}/from`, `${folder}/to`, SETTINGS);
      await copied.sync();
      assertEquals(copied.bytes, bytes);
      await requireSame(`${folder}/to`);
      const nlink = async (path: string) => (await Deno.lstat(`${folder}/to/${path}`)).nlink;
      assertEquals([await nlink("kept/object"), await nlink("below/1")], [2, 1]);
    });
  });

  it("may have small files in a pack, of which a further copy has them again", async () => {
    await withFolder(async (folder) => {
      const bytes = await fill(`${folder}/from`);
      const isPacked = (path: string) => path.startsWith("below/");
      const packed = { ...SETTINGS, isPacked };
      const first = await copyFolder(`${folder}/from`, `${folder}/packed`, packed);
      assertEquals(
        await Array.fromAsync(Deno.readDir(`${folder}/packed/below`), ({ name }) => name),
        [
          "further",
        ],
      );
      const second = await copyFolder(`${folder}/packed`, `${folder}/to`, SETTINGS);
      assertEquals([first.bytes, second.bytes], [bytes, bytes]);
      await requireSame(`${folder}/to`);
    });
  });

  it("is not made from a pack that is damaged, or leads out of it", async () => {
    await withFolder(async (folder) => {
      await fill(`${folder}/from`);
      const packed = { ...SETTINGS, isPacked: () => true };
      await copyFolder(`${folder}/from`, `${folder}/packed`, packed);
      const path = `${folder}/packed/.packed.json`;
      const index = await Deno.readTextFile(path);
      const broken = [
        index.replace("below/99", "below/../../out"),
        index.replace("below/99", "/tmp/out"),
        index.replace('"below/99",198', '"below/99",197'),
        index.replace('"below/99",198', '"below/99",-198'),
      ];
      for (const [n, text] of broken.entries()) {
        assert(text !== index);
        await Deno.writeTextFile(path, text);
        await assertRejects(
          () => copyFolder(`${folder}/packed`, `${folder}/to${n}`, SETTINGS),
          Error,
          "are damaged",
        );
      }
    });
  });
});
