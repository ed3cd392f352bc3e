import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { packDirectory, unpackDirectory } from "../../src/server/database/prepared.ts";

describe("a packed directory", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    await Deno.mkdir(`${folder}/in/empty`, { recursive: true });
    await Deno.mkdir(`${folder}/in/deep/er`, { recursive: true });
    await Deno.writeTextFile(`${folder}/in/deep/er/ü`, "text");
    await Deno.writeFile(`${folder}/in/zeros`, new Uint8Array(100_000));
    const tail = new Uint8Array(100_000);
    tail.set([1, 2, 0, 3]);
    await Deno.writeFile(`${folder}/in/tail`, tail);
    await Deno.writeFile(`${folder}/in/nothing`, new Uint8Array());
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  function contents(directory: string): [string, string | number][] {
    return [...Deno.readDirSync(directory)].flatMap(
      ({ name, isDirectory }): [string, string | number][] => {
        const path = `${directory}/${name}`;
        if (isDirectory) return [[name, "folder"], ...contents(path)];
        const bytes = Deno.readFileSync(path);
        return [[name, bytes.length], [name, bytes.toHex()]];
      },
    ).sort();
  }

  it("comes out as it went in", async () => {
    await Deno.mkdir(`${folder}/out`);
    await unpackDirectory(await packDirectory(`${folder}/in`), `${folder}/out`);
    assertEquals(contents(`${folder}/out`), contents(`${folder}/in`));
  });

  it("has the same bytes each time", async () => {
    const [first, second] = [
      await packDirectory(`${folder}/in`),
      await packDirectory(`${folder}/in`),
    ];
    assertEquals(first.toHex(), second.toHex());
  });
});
