import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  dropReplaced,
  finishReplacing,
  isReplacing,
  newContentsIn,
  replaceContents,
  takeBack,
} from "../../src/files/replace_contents.ts";
import { withFolder } from "../support/temporary.ts";

const isKept = (name: string) => ["lock", "restoring", "restored", "replaced"].includes(name);

/** A folder with what it keeps, and contents of which the new ones have some names in common. */
async function fill(folder: string): Promise<string> {
  const contents = newContentsIn(folder);
  for (const [root, files] of [[folder, "lock a b/c"], [contents, "lock b/c b/d e"]] as const) {
    for (const path of files.split(" ")) {
      const [parent] = `${root}/${path}`.split(/\/(?=[^/]*$)/);
      await Deno.mkdir(parent!, { recursive: true });
      await Deno.writeTextFile(`${root}/${path}`, root === folder ? "old" : "new");
    }
  }
  return contents;
}

/** What a folder has, without what is on its way out of it. */
function contentsOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (name === "replaced") return [];
    const path = `${folder}/${name}`;
    if (isDirectory) return contentsOf(path).map((below) => `${name}/${below}`);
    return [`${name}: ${Deno.readTextFileSync(path)}`];
  }).sort();
}

const OLD = ["a: old", "b/c: old", "lock: old"];
const NEW = ["b/c: new", "b/d: new", "e: new", "lock: old"];

/** Runs `body`, whose `ended`th change of the disk fails, and every one after it. */
async function endedAfter(changes: number, body: () => Promise<void>): Promise<boolean> {
  const { rename, remove, mkdir } = Deno;
  let left = changes;
  // deno-lint-ignore no-explicit-any
  const counted = (change: any) => (...args: unknown[]) =>
    left-- > 0 ? change(...args) : Promise.reject(new Error("ended"));
  Object.assign(Deno, { rename: counted(rename), remove: counted(remove), mkdir: counted(mkdir) });
  try {
    return await body().then(() => false, () => true);
  } finally {
    Object.assign(Deno, { rename, remove, mkdir });
  }
}

describe("the contents of a folder that are replaced", () => {
  it("are the old ones or the new ones, whenever that is ended, and it goes on from there", async () => {
    const seen = new Set<string>();
    for (let changes = 0, isEnded = true; isEnded; changes++) {
      await withFolder(async (folder) => {
        const contents = await fill(folder);
        isEnded = await endedAfter(changes, () => replaceContents(folder, contents, isKept));
        const isBegun = changes > 0;
        if (!isBegun) await Deno.remove(contents, { recursive: true });
        seen.add(String(isReplacing(folder)));
        // It may be ended again.
        for (let again = 0; isReplacing(folder) && again < 50; again++) {
          await endedAfter(again, () => finishReplacing(folder, isKept));
        }
        assertEquals(contentsOf(folder), isBegun ? NEW : OLD, `${changes}`);
        await takeBack(folder, isKept);
        assertEquals(contentsOf(folder), OLD);
        await dropReplaced(folder);
        assertEquals(contentsOf(folder).length, [...Deno.readDirSync(folder)].length);
      });
    }
    assertEquals(seen, new Set(["false", "true"]));
  });

  it("are untouched where the new ones are not there", () =>
    withFolder(async (folder) => {
      await fill(folder);
      const missing = `${folder}/nothing`;
      await assertRejects(() => replaceContents(folder, missing, isKept), Deno.errors.NotFound);
      assertEquals(isReplacing(folder), false);
    }));
});
