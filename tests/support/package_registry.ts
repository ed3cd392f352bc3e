/**
 * A private npm registry on loopback that serves the packages of a release, to who has an account.
 */
import { integrityOf } from "../../src/shared/packages/content_cache.ts";
import { RELEASE } from "./releases.ts";
import { run } from "./program.ts";

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
 * Serves `dist/release/packages`.
 * @param options.origin what the registry is called in the addresses of its files; its own by itself
 */
export async function servePackages(
  { tls, origin, version }: {
    tls?: { cert: string; key: string };
    origin?: string;
    version: string;
  },
): Promise<PackageRegistry> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const documents = new Map<string, (base: string) => Promise<unknown>>();
  for (const { name: file } of Deno.readDirSync(`${RELEASE}/packages`)) {
    const path = `${RELEASE}/packages/${file}`;
    const bytes = await Deno.readFile(path);
    const { stdout } = await run("tar", ["-xzOf", path, "package/package.json"]);
    const manifest = JSON.parse(stdout);
    files.set(file, bytes);
    documents.set(manifest.name, async (base) => {
      const dist = { tarball: `${base}/-/${file}`, integrity: await integrityOf(bytes) };
      return {
        name: manifest.name,
        "dist-tags": { latest: version },
        versions: { [version]: { ...manifest, dist } },
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
