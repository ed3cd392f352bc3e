import { fromFileUrl } from "@std/path";
import { preparedFile } from "../../core/program_files.ts";
import { writeFileAtomically } from "../../files/atomic.ts";
import { openPglite } from "./pglite.ts";
import { packDirectory, preparedArchive } from "./prepared.ts";
import { applySchema, schemaDigest } from "./schema/mod.ts";
import { markSchema } from "./schema_mark.ts";
import { PgliteSession } from "./pglite_session.ts";
import { SyncedFiles } from "./synced_files.ts";

/** Makes the archive that a first start unpacks, unless it is there. @returns where it lies */
export async function prepareDatabase(): Promise<URL> {
  const target = preparedFile(await preparedArchive());
  if (await exists(target)) return target;
  const scratch = await Deno.makeTempDir({ prefix: "insforge-pgdata-" });
  try {
    const pglite = await openPglite(SyncedFiles.in(`${scratch}/data`));
    await applySchema(new PgliteSession(pglite));
    // Half of all files: nobody connects to them, and each start and each copy would have them.
    await pglite.exec("UPDATE pg_database SET datistemplate = false");
    for (const name of ["template1", "template0"]) await pglite.exec(`DROP DATABASE ${name}`);
    await pglite.exec("VACUUM (FULL, FREEZE)");
    // The log of all that is of no more use, and would only make the archive larger.
    await pglite.exec("SELECT pg_switch_wal(); CHECKPOINT");
    await pglite.close();
    markSchema(`${scratch}/data`, await schemaDigest());
    await removeSpareLog(`${scratch}/data/pg_wal`);
    const archive = await packDirectory(`${scratch}/data`);
    const folder = new URL("./", target);
    await Deno.mkdir(folder, { recursive: true });
    // Those of other versions would only make the executable larger.
    for await (const { name } of Deno.readDir(folder)) await Deno.remove(new URL(name, folder));
    await writeFileAtomically(fromFileUrl(target), archive);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  return target;
}

/** Beside the file that is written to lie old ones that were to be written over. */
async function removeSpareLog(folder: string): Promise<void> {
  const files = (await Array.fromAsync(Deno.readDir(folder))).filter(({ isFile }) => isFile);
  const [_current, ...spare] = files.map(({ name }) => name).sort();
  for (const name of spare) await Deno.remove(`${folder}/${name}`);
}

async function exists(file: URL): Promise<boolean> {
  return await Deno.stat(file).then(() => true, () => false);
}
