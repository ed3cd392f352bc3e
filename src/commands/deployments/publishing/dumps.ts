/** Recognises dumps of a database, which hold what people are not shown otherwise. */

/** Names that databases and dumps of them have, compressed or not. */
const USUAL_NAME =
  /\.(sql|dump|pgdump|backup|bak|(db3?|sqlite3?)(-wal|-journal)?)(\.(gz|bz2|xz|zst|zip))?$/i;

/** How dumps begin: of `db export`, of the backend's own export and of PostgreSQL's tools. */
const BEGINNINGS: readonly RegExp[] = [
  /^-- (A (complete )?dump|The rows) of (the database|some tables of the database), for /,
  /^-- Export of the database, /,
  /^-- Database Export\n/,
  /^\{\s*"timestamp": ?(null|"[^"]*"),\s*"tables": ?\{/,
  /^(--\s+)*-- PostgreSQL database (cluster )?dump\s/,
  /^PGDMP/,
];

/** Bytes that tell a dump, and those of a compressed one that are unpacked to see them. */
const TELLING = 256;
const PACKED = 4096;
/** `-`, `P`, `{` and the first byte of a byte order mark: what most files do not begin with. */
const FIRST: ReadonlySet<number | undefined> = new Set([0x2d, 0x50, 0x7b, 0xef]);

/**
 * Whether a file may be a database, or a dump of one, by its name; what it holds may be made to be
 * published.
 */
export function isNamedLikeDump(path: string): boolean {
  return USUAL_NAME.test(path);
}

/** Whether a file with this beginning, at least some hundred bytes of it, is a dump. */
export async function isDump(beginning: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const isPacked = beginning[0] === 0x1f && beginning[1] === 0x8b;
  const plain = isPacked ? await unpacked(beginning.slice(0, PACKED)) : beginning;
  if (!FIRST.has(plain[0])) return false;
  const text = new TextDecoder().decode(plain.subarray(0, TELLING)).replaceAll("\r\n", "\n");
  return BEGINNINGS.some((pattern) => pattern.test(text));
}

/** The first of what is packed; nothing where it is broken. */
async function unpacked(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))
    .getReader();
  try {
    return (await reader.read()).value ?? new Uint8Array();
  } catch {
    return new Uint8Array();
  } finally {
    // What is cut off is no whole archive.
    await reader.cancel().catch(() => {});
  }
}
