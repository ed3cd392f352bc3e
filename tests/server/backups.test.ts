import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { Backups } from "../../src/server/backups/backups.ts";
import { ApiError } from "../../src/server/http/api_error.ts";
import { takeSnapshot } from "../../src/shared/copies/snapshots.ts";
import { startBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import { withFolder } from "../support/temporary.ts";

/** Hands over backups of which there are two, `a` and `b`. */
async function withBackups(
  work: (backups: Backups) => Promise<void>,
  replaceData = () => Promise.resolve(),
): Promise<void> {
  await withFolder(async (folder) => {
    const store = join(folder, "snapshots");
    const clock = () => new Date();
    for (const name of ["a", "b"]) {
      const labels = { name, createdAt: clock().toISOString() };
      await takeSnapshot(store, labels, clock, async (target) => {
        await Deno.mkdir(target);
        await Deno.writeTextFile(join(target, "lock"), "");
        await Deno.writeTextFile(join(target, "keys.json"), '{ "apiKey": "ik_test" }');
        return 1;
      });
    }
    await work(new Backups({ store, dataDir: folder, clock, replaceData }));
  });
}

/** What became of it: its status where it was refused. */
const outcome = (work: Promise<unknown>) =>
  work.then(() => 200, (error) => error instanceof ApiError ? error.status : error);

describe("backups", () => {
  it("have no name twice, though two ask for it at once", async () => {
    await withBackups(async (backups) => {
      const asked = ["a", "b"].map((id) => outcome(backups.rename(id, "the same")));
      assertEquals(await Promise.all(asked), [200, 409]);
      const names = (await backups.list()).map(({ id, name }) => [id, name]).sort();
      assertEquals(names, [["a", "the same"], ["b", null]]);
    });
  });

  it("that are deleted are not named, nor deleted again, meanwhile", async () => {
    await withBackups(async (backups) => {
      const asked = [backups.remove("a"), backups.rename("a", "late"), backups.remove("a")];
      assertEquals(await Promise.all(asked.map(outcome)), [200, 404, 404]);
      assertEquals((await backups.list()).map(({ id }) => id), ["b"]);
    });
  });

  it("are left alone while one is brought back, and the other way round", async () => {
    const restored = Promise.withResolvers<void>();
    await withBackups(async (backups) => {
      const renaming = backups.rename("b", "named");
      assertEquals(await outcome(backups.restore("a")), 409);
      await renaming;
      const restoring = backups.restore("a");
      const others = [backups.rename("b", "other"), backups.remove("b"), backups.restore("b")];
      assertEquals(await Promise.all(others.map(outcome)), [409, 409, 409]);
      restored.resolve();
      await restoring;
      assertEquals(await outcome(backups.remove("b")), 200);
    }, () => restored.promise);
  });
});

describe("a restore over HTTP", () => {
  it("succeeds where the old data stay, and ends a server that cannot close them", async () => {
    const backend = await startBackend();
    const route = "/api/database/backups";
    const { body: { id } } = await backend.request("POST", route);
    const newest = async () => (await backend.request("GET", route)).body.backups[0];
    await eventually(async () => (await newest()).status === "completed");
    const restore = () => backend.request("POST", `${route}/${id}/restore`);
    await backend.sql("CREATE TABLE later (n int)");

    const { remove } = Deno;
    Deno.remove = async (path, options) => {
      if (String(path).endsWith("/replaced")) throw new Error(`No way to remove ${path}`);
      await remove(path, options);
    };
    try {
      assertEquals((await restore()).status, 200);
    } finally {
      Deno.remove = remove;
    }
    assertEquals((await backend.request("GET", "/api/database/tables")).body, []);
    await eventually(async () => {
      const log = await Deno.readTextFile(`${backend.dataDir}/logs/insforge.logs.jsonl`);
      return log.includes("The replaced data are still there");
    });

    const { database } = backend;
    const close = database.close.bind(database);
    database.close = async () => {
      await close();
      throw new Error("It does not close");
    };
    const ended = assertRejects(() => backend.finished, Error, "It does not close");
    assertEquals((await restore()).status, 500);
    await ended;
    await backend.close();
  });
});
