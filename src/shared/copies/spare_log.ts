/** Parts of PostgreSQL's write-ahead log that hold nothing yet. */
import { STATE_FILES } from "../contract/state.ts";

/** What a segment is named by: its timeline, and where it begins in two halves. */
const SEGMENT = /^[\dA-F]{8}([\dA-F]{8})([\dA-F]{8})$/;
/** Where a page says at which byte of the whole log it begins. */
const ADDRESS_AT = 8;

/**
 * The segments, as paths below a data directory, that PGlite has only made ready to be written
 * over: after many writes up to 64 MB. Their first page is of an earlier part of the log, by which
 * PostgreSQL itself finds the log's end, and takes a segment that is not there for the same.
 */
export async function spareLog(dataDir: string): Promise<Set<string>> {
  const folder = `${STATE_FILES.postgres}/pg_wal`;
  const spare = new Set<string>();
  for (const name of await namesIn(`${dataDir}/${folder}`)) {
    const [, high, low] = SEGMENT.exec(name) ?? [];
    if (high === undefined || low === undefined) continue;
    using file = await Deno.open(`${dataDir}/${folder}/${name}`);
    const { size } = await file.stat();
    const header = new Uint8Array(ADDRESS_AT + 8);
    await file.read(header);
    const begins = parseInt(high, 16) * 2 ** 32 + parseInt(low, 16) * size;
    const address = new DataView(header.buffer).getBigUint64(ADDRESS_AT, true);
    if (address !== BigInt(begins)) spare.add(`${folder}/${name}`);
  }
  return spare;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    // The data are in another PostgreSQL.
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
