import { unpackTar } from "modern-tar";
import { gunzipSync } from "node:zlib";
import { preparedFile } from "../../../core/program_files.ts";
import { pack } from "../../../files/packing.ts";
import {
  type BundledFile,
  bundleFile,
  type BundleList,
  PGLITE_BUNDLES,
  SUPERUSER_ONLY,
} from "./bundles.ts";

/** Packs the extensions of this PGlite version, unless that is done. */
export async function packExtensions(): Promise<void> {
  const list = preparedFile(bundleFile("list"));
  if (await Deno.stat(list).then(() => true, () => false)) return;
  // Those of other versions would only make the executable larger.
  await Deno.remove(new URL("../", list), { recursive: true }).catch(() => {});
  await Deno.mkdir(new URL("./", list), { recursive: true });
  const bundles: Record<string, BundledFile[]> = {};
  const controls: Record<string, string> = {};
  for (const [name, source] of sources()) {
    const { files, contents } = await readBundle(source, controls);
    bundles[name] = files;
    await Deno.writeFile(preparedFile(bundleFile(name)), pack(contents));
  }
  const text = JSON.stringify({ bundles, controls } satisfies BundleList);
  // Last: the list says that all is there.
  await Deno.writeFile(list, pack(new TextEncoder().encode(text)));
}

function sources(): [name: string, archive: URL][] {
  const pglite = import.meta.resolve("@electric-sql/pglite");
  const vector = import.meta.resolve("@electric-sql/pglite-pgvector");
  return [
    ...PGLITE_BUNDLES.map((name): [string, URL] => [name, new URL(`${name}.tar.gz`, pglite)]),
    ["vector", new URL("vector.tar.gz", vector)],
  ];
}

async function readBundle(archive: URL, controls: Record<string, string>) {
  const entries = await unpackTar(gunzipSync(await Deno.readFile(archive)));
  const files: BundledFile[] = [];
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { header: { name: path }, data } of entries) {
    if (!data || !/^(lib|share)\/postgresql\//.test(path)) continue;
    if (path.endsWith(".control")) {
      controls[path] = controlText(path, new TextDecoder().decode(data));
      continue;
    }
    files.push({ path, size: data.length, offset });
    parts.push(new Uint8Array(data));
    offset += data.length;
  }
  return { files, contents: await new Blob(parts).bytes() };
}

/** As on InsForge, whoever may make schemas may make extensions. */
function controlText(path: string, text: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1, -".control".length);
  return SUPERUSER_ONLY.has(name) || /^trusted\b/m.test(text) ? text : `${text}\ntrusted = true\n`;
}
