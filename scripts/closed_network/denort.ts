/**
 * Cuts the plain runtime of Deno out of an executable that `deno compile` made: what follows the
 * ELF's section header table was appended to it. Arguments: the executable, the file to write.
 */
const RELEASED_SHA256 = "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2";

const [source, target] = Deno.args;
if (!source || !target) throw new Error("usage: denort.ts EXECUTABLE TARGET");
const bytes = await Deno.readFile(source);
const header = new DataView(bytes.buffer);
const tableOffset = Number(header.getBigUint64(40, true));
const entrySize = header.getUint16(58, true);
const entries = header.getUint16(60, true);
const runtime = bytes.subarray(0, tableOffset + entrySize * entries);
const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", runtime));
if (digest.toHex() !== RELEASED_SHA256) {
  console.error("The runtime from npm is not the one that Deno released.");
  Deno.exit(1);
}
const partial = `${source}.cut`;
await Deno.writeFile(partial, runtime, { mode: 0o755 });
await Deno.rename(partial, target);
