import { BUNDLE_VERSION } from "./extensions/bundles.ts";
import { PG_CRON } from "./extensions/pg_cron.ts";
import { writeAllSync } from "../../files/atomic.ts";
import { pack, unpack } from "../../files/packing.ts";
import { schemaDigest } from "./schema/mod.ts";
import { sha256Hex } from "../keys/digest.ts";
import manifest from "../../../deno.json" with { type: "json" };

/**
 * Path, size in bytes, and where in the contents its bytes begin and how many there are (trailing
 * zeros are left out); a directory has size -1.
 */
type Entry = [path: string, size: number, offset: number, stored: number];

const FORMAT_VERSION = 8;

/**
 * Its files are unpacked without holes: a commit that fills one costs a write to the file system's
 * journal.
 */
const WRITE_AHEAD_LOG = "pg_wal/";

/**
 * The name of the archive of this PGlite version and this schema among the prepared files.
 */
export async function preparedArchive(): Promise<string> {
  const made = [
    FORMAT_VERSION,
    manifest.imports["@electric-sql/pglite"],
    BUNDLE_VERSION,
    PG_CRON,
    await schemaDigest(),
  ];
  const name = (await sha256Hex(JSON.stringify(made))).slice(0, 16);
  return `pgdata/${name}.br`;
}

/**
 * Packs a directory: a length-prefixed JSON list of entries, then the contents, all packed. Files
 * with the same content share it, as empty indexes have.
 */
export async function packDirectory(directory: string): Promise<Uint8Array> {
  const entries: Entry[] = [];
  const contents: Uint8Array<ArrayBuffer>[] = [];
  const offsets = new Map<string, number>();
  let end = 0;

  function place(bytes: Uint8Array<ArrayBuffer>): number {
    const key = new TextDecoder("latin1").decode(bytes);
    const known = offsets.get(key);
    if (known !== undefined) return known;
    const offset = end;
    offsets.set(key, offset);
    contents.push(bytes);
    end += bytes.length;
    return offset;
  }

  function walk(relative: string): void {
    const children = [...Deno.readDirSync(`${directory}/${relative}`)];
    children.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const child of children) {
      const path = relative ? `${relative}/${child.name}` : child.name;
      if (child.isDirectory) {
        entries.push([path, -1, 0, 0]);
        walk(path);
      } else {
        const bytes = Deno.readFileSync(`${directory}/${path}`);
        const stored = bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
        entries.push([path, bytes.length, place(stored), stored.length]);
      }
    }
  }

  walk("");
  const header = new TextEncoder().encode(JSON.stringify(entries));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, header.length);
  return pack(await new Blob([length, header, ...contents]).bytes());
}

/** Unpacks what {@link packDirectory} made into a directory that is empty. */
export function unpackDirectory(archive: Uint8Array, directory: string): void {
  const bytes = unpack(archive);
  const headerLength = new DataView(bytes.buffer).getUint32(0);
  const start = 4 + headerLength;
  const entries: Entry[] = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)));
  for (const [path, size, offset, stored] of entries) {
    if (size < 0) {
      Deno.mkdirSync(`${directory}/${path}`, { mode: 0o700 });
      continue;
    }
    using file = Deno.openSync(`${directory}/${path}`, {
      write: true,
      createNew: true,
      mode: 0o600,
    });
    const content = bytes.subarray(start + offset, start + offset + stored);
    writeAllSync(file, content);
    if (stored === size) continue;
    if (path.startsWith(WRITE_AHEAD_LOG)) file.writeSync(new Uint8Array(size - stored));
    else file.truncateSync(size);
  }
}
