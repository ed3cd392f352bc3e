import { assert, assertEquals, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { packDirectory, unpackDirectory } from "../../src/server/database/prepared.ts";
import { openPglite } from "../../src/server/database/pglite.ts";
import { SyncedFiles } from "../../src/server/database/synced_files.ts";
import { sendPglite } from "../../src/shared/postgres/pglite_program.ts";

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

it("PostgreSQL's program is compiled for another thread", async () => {
  const { port1, port2 } = new MessageChannel();
  const sent = new Promise((resolve) => port2.onmessage = ({ data }) => resolve(data));
  sendPglite(port1);
  assert(await sent instanceof WebAssembly.Module);
  port1.close();
  port2.close();
});

it("PostgreSQL loads before it is told where its files lie", async () => {
  const folder = await Deno.makeTempDir();
  const loaded = Promise.withResolvers<void>();
  class WaitingFiles extends SyncedFiles {
    override initialSyncFs(): Promise<void> {
      loaded.resolve();
      return super.initialSyncFs();
    }
  }
  const files = new WaitingFiles();
  const opening = openPglite(files);
  await Promise.race([loaded.promise, opening]);
  await Deno.writeTextFile(`${folder}/PG_VERSION`, "of another\n");
  files.lieIn(folder);
  await assertRejects(() => opening);
  await Deno.remove(folder, { recursive: true });
});
