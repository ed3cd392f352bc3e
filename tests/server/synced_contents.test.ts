import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { Objects } from "../../src/server/deployments/objects.ts";
import { eventually } from "../support/eventually.ts";
import { withFolder } from "../support/temporary.ts";

const { prototype } = Deno.FsFile;

/** Has `sync` in the place of what puts a file on the disk. */
async function withSync(
  sync: () => Promise<void>,
  use: (objects: Objects) => Promise<void>,
): Promise<void> {
  const real = prototype.sync;
  prototype.sync = sync;
  try {
    await withFolder((folder) => use(new Objects(folder)));
  } finally {
    prototype.sync = real;
  }
}

function add(objects: Objects, content: string): void {
  const bytes = new TextEncoder().encode(content);
  const sha = createHash("sha1").update(bytes).digest("hex");
  const expected = { path: "a", sha, size: bytes.length };
  objects.addTogether([{ bytes, expected }]);
  assert(objects.has(expected));
}

describe("contents that come together", () => {
  it("go onto the disk while others arrive, and are waited for", async () => {
    const calls: PromiseWithResolvers<void>[] = [];
    let isDone = false;
    const sync = () => {
      const call = Promise.withResolvers<void>();
      calls.push(call);
      return isDone ? Promise.resolve() : call.promise;
    };
    await withSync(sync, async (objects) => {
      add(objects, "one");
      await eventually(() => calls.length === 1);
      add(objects, "two");
      const done = objects.sync().then(() => isDone = true);
      for (let next = 0; !isDone; next++) {
        await eventually(() => isDone || calls.length > next);
        assertEquals(isDone, calls.length <= next);
        calls[next]?.resolve();
      }
      await done;
      const both = calls.length;
      await objects.sync();
      const rest = calls.length - both;
      assert(rest < both / 2, `${both} for both contents, ${rest} when nothing was left to do`);
    });
  });

  it("tell whoever waits of a failure before, and once", async () => {
    let failures = 0;
    const sync = () => failures++ === 0 ? Promise.reject(new Error("full")) : Promise.resolve();
    await withSync(sync, async (objects) => {
      add(objects, "one");
      await eventually(() => failures > 0);
      add(objects, "two");
      await assertRejects(() => objects.sync(), Error, "full");
      const before = failures;
      await objects.sync();
      assert(failures >= before + 2, "what failed, and what came since");
    });
  });
});
