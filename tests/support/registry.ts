import { packTar } from "modern-tar";
import { integrityOf } from "../../src/shared/packages/content_cache.ts";
import type { NpmConfig } from "../../src/shared/packages/npm_config.ts";

/** The files of one version of a package, by their paths; `package.json` is made of `manifest`. */
export interface TestPackage {
  readonly manifest: {
    readonly name: string;
    readonly version: string;
    readonly [field: string]: unknown;
  };
  readonly files?: Readonly<Record<string, string>>;
}

export interface TestRegistry extends AsyncDisposable {
  readonly url: string;
  readonly config: NpmConfig;
  /** The paths that were asked for, decoded. */
  readonly requests: string[];
  /** The `authorization` of each request. */
  readonly credentials: (string | null)[];
}

/** A registry of npm's kind on this machine, and the hosts of modules by their paths. */
export async function startRegistry(
  packages: readonly TestPackage[],
  modules: Readonly<Record<string, Response | (() => Response)>> = {},
): Promise<TestRegistry> {
  const archives = new Map<string, Uint8Array<ArrayBuffer>>();
  const documents = new Map<
    string,
    { versions: Record<string, unknown>; "dist-tags": { latest: string } }
  >();
  const requests: string[] = [];
  const credentials: (string | null)[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname).slice(1);
    requests.push(path);
    credentials.push(request.headers.get("authorization"));
    const module = modules[path];
    if (module) return typeof module === "function" ? module() : module.clone();
    const archive = archives.get(path);
    if (archive) return new Response(archive);
    const document = documents.get(path);
    return document ? Response.json(document) : new Response(null, { status: 404 });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  for (const { manifest, files = {} } of packages) {
    const { name, version } = manifest;
    const all = { "package.json": JSON.stringify(manifest), ...files };
    const archive = await gzipped(
      await packTar(
        Object.entries(all).map(([path, text]) => {
          const body = new TextEncoder().encode(text);
          return { header: { name: `package/${path}`, size: body.length, type: "file" }, body };
        }),
      ),
    );
    const path = `${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
    archives.set(path, archive);
    const dist = { tarball: `${url}/${path}`, integrity: await integrityOf(archive) };
    const document = documents.get(name) ?? { versions: {}, "dist-tags": { latest: version } };
    document.versions[version] = { ...manifest, dist };
    document["dist-tags"].latest = version;
    documents.set(name, document);
  }
  return {
    url,
    config: { registry: url, scopes: { "@jsr": url }, credentials: {} },
    requests,
    credentials,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
