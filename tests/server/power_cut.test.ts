import { assert, assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { it } from "@std/testing/bdd";
import { openPglite } from "../../src/server/database/pglite.ts";
import { SyncedFiles } from "../../src/server/database/synced_files.ts";
import { PGLITE, startBackend } from "../support/backend.ts";
import { RecordedFiles, replay } from "../support/write_log.ts";

/** How many more cuts the nightly run makes. */
const cuts = 3 * Number(Deno.env.get("INSFORGE_PROPERTY_FACTOR") ?? 1);

/** The number of `int4[]`. */
const INT_ARRAY = 1007;

async function copy(from: string, to: string): Promise<void> {
  for await (const { path, isDirectory } of walk(from)) {
    const target = to + path.slice(from.length);
    if (isDirectory) await Deno.mkdir(target);
    else await Deno.copyFile(path, target);
  }
}

it("a power cut takes no committed row, replayed from what was written", async () => {
  const backend = await startBackend({ engine: PGLITE });
  await backend.sql("CREATE TABLE t (n int PRIMARY KEY, filler text)");
  await backend.close({ keep: true });
  const before = `${backend.dataDir}/postgres`;
  try {
    const folder = `${backend.dataDir}/recorded`;
    await copy(before, folder);
    const files = new RecordedFiles(folder);
    const pglite = await openPglite(files);
    assertEquals(pglite.parsers[INT_ARRAY], undefined, "it asked for types that nobody reads");
    /** How long the log was when a row was acknowledged. */
    const acknowledged: number[] = [];
    for (let n = 1; n <= 120; n++) {
      await pglite.query("INSERT INTO public.t VALUES ($1, repeat('x', $2))", [n, 500 * (n % 17)]);
      acknowledged.push(files.log.length);
      if (n % 25 === 0) await pglite.exec("CHECKPOINT");
    }
    await pglite.close();
    for (let cut = 0; cut < cuts; cut++) {
      const end = Math.floor(Math.random() * files.log.length);
      const left = `${backend.dataDir}/cut${cut}`;
      await copy(before, left);
      replay(files.log, end, left, () => Math.random() < 0.5);
      await Deno.remove(`${left}/postmaster.pid`).catch(() => {});
      const again = await openPglite(SyncedFiles.in(left));
      const { rows: [found] } = await again.query<{ rows: number; last: number }>(
        "SELECT count(*)::int AS rows, coalesce(max(n), 0) AS last FROM public.t",
      );
      const least = acknowledged.filter((length) => length <= end).length;
      assertEquals(found!.rows, found!.last);
      assert(found!.last >= least, `${least} were acknowledged, ${found!.last} are there`);
      await again.close();
      await Deno.remove(left, { recursive: true });
    }
  } finally {
    await Deno.remove(backend.dataDir, { recursive: true });
  }
});
