/**
 * A private npm registry on loopback that serves the packages of a release, to who has an account.
 */
import { integrityOf } from "../../src/shared/packages/content_cache.ts";
import { writeTarGz } from "../../scripts/release/archive.ts";
import { describeFile, type ReleaseManifest } from "../../scripts/release/manifest.ts";
import { writeNpmPackages } from "../../scripts/release/npm_packages.ts";
import { releaseName } from "../../scripts/release/targets.ts";
import { run } from "./program.ts";

/** The version of {@link writeSmallRelease}. */
export const VERSION = "1.2.3";

/**
 * Writes the archive and the npm packages of a release for this platform, whose executable is a
 * script that prints its version: the shim cares for digests, not for what it runs.
 */
export async function writeSmallRelease(folder: string): Promise<void> {
  const target = Deno.build.target;
  await Deno.writeTextFile(`${folder}/insforge`, `#!/bin/sh\necho ${VERSION}\n`, { mode: 0o755 });
  const archive = `${folder}/${releaseName(VERSION, target)}.tar.gz`;
  const bytes = await Deno.readFile(`${folder}/insforge`);
  await writeTarGz(archive, [{ name: "insforge", bytes, mode: 0o755 }]);
  const manifest: ReleaseManifest = {
    version: VERSION,
    targets: {
      [target]: {
        archive: await describeFile(archive),
        executable: await describeFile(`${folder}/insforge`),
      },
    },
  };
  await writeNpmPackages(folder, manifest);
}

/** The account's token. */
export const TOKEN = "token-of-a-private-registry";

export interface PackageRegistry extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The names of the files of packages that were fetched. */
  readonly fetched: readonly string[];
  /** What is wrong with all answers. */
  fault?: "missing" | "silent";
}

/**
 * Serves the packages of a release's folder.
 * @param options.origin what the registry is called in the addresses of its files; its own by
 * itself
 */
export async function servePackages(
  folder: string,
  { tls, origin }: { tls?: { cert: string; key: string }; origin?: string } = {},
): Promise<PackageRegistry> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const documents = new Map<string, (base: string) => Promise<unknown>>();
  for (const { name: file } of Deno.readDirSync(`${folder}/packages`)) {
    const path = `${folder}/packages/${file}`;
    const bytes = await Deno.readFile(path);
    const { stdout } = await run("tar", ["-xzOf", path, "package/package.json"]);
    const manifest = JSON.parse(stdout);
    files.set(file, bytes);
    documents.set(manifest.name, async (base) => {
      const dist = { tarball: `${base}/-/${file}`, integrity: await integrityOf(bytes) };
      return {
        name: manifest.name,
        "dist-tags": { latest: manifest.version },
        versions: { [manifest.version]: { ...manifest, dist } },
      };
    });
  }
  const fetched: string[] = [];
  const ended = Promise.withResolvers<Response>();
  const respond = async (request: Request): Promise<Response> => {
    if (registry.fault === "silent") return await ended.promise;
    if (request.headers.get("authorization") !== `Bearer ${TOKEN}`) {
      return Response.json({ error: "Who are you?" }, { status: 401 });
    }
    const path = decodeURIComponent(new URL(request.url).pathname).slice(1);
    const file = files.get(path.replace(/^-\//, ""));
    if (file && registry.fault !== "missing") {
      fetched.push(path.slice(2));
      return new Response(file);
    }
    const document = registry.fault ? undefined : documents.get(path);
    if (document) return Response.json(await document(origin ?? registry.url));
    return Response.json({ error: "Not found" }, { status: 404 });
  };
  const settings = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = tls ? Deno.serve({ ...settings, ...tls }, respond) : Deno.serve(settings, respond);
  const registry: PackageRegistry = {
    url: `${tls ? "https" : "http"}://127.0.0.1:${server.addr.port}`,
    port: server.addr.port,
    fetched,
    async [Symbol.asyncDispose]() {
      ended.resolve(new Response(null, { status: 503 }));
      await server.shutdown();
    },
  };
  return registry;
}

/** The lines of an `.npmrc` that name a registry and the account there. */
export function npmrc(url: string, ...more: string[]): string {
  const place = url.replace(/^https?:/, "");
  return [`registry=${url}/`, `${place}/:_authToken=${TOKEN}`, ...more, ""].join("\n");
}
