/**
 * A release host on loopback: what `scripts/build --target` makes, under any version, with faults.
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { fromFileUrl } from "@std/path";
import { nodePlatform } from "../../scripts/release/npm_packages.ts";
import { sign } from "../../scripts/release/signing_key.ts";
import type { ReleaseManifest } from "../../scripts/release/manifest.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** The files of the release that is under test. */
export const RELEASE = `${ROOT}dist/release`;

/** Makes the release for this platform, unless it is there, and answers its manifest. */
export async function buildRelease(): Promise<ReleaseManifest> {
  const { success, stderr } = await new Deno.Command("sh", {
    args: [`${ROOT}scripts/build`, "--target", Deno.build.target],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(await Deno.readTextFile(`${RELEASE}/manifest.json`));
}

/** What can be wrong with an archive on its way. */
export type Fault =
  | "damaged"
  /** It unpacks well, and to the right size: only its digest tells. */
  | "forged"
  /** The answer ends early, and well. */
  | "short"
  /** The connection ends before the answer does. */
  | "broken"
  | "missing"
  /** There is never an answer, to anything. */
  | "silent";

export interface ReleaseServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The paths that were asked for. */
  readonly requests: readonly string[];
  /** What the next answers suffer from. */
  fault?: Fault;
  /** Whether the fault goes away after the first archive that suffered from it. */
  once?: boolean;
}

export interface ReleaseServerOptions {
  /** The version that the server calls the latest; by default that of the release. */
  readonly version?: string;
  /** Whether what is signed is signed, or its signature is that of something else. */
  readonly signature?: "right" | "none" | "older";
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Serves the release as the release host does. */
export async function serveReleases(
  { version, tls, signature = "right" }: ReleaseServerOptions = {},
): Promise<ReleaseServer> {
  const manifest = await buildRelease();
  const latest = version ?? manifest.version;
  const { archive, xz } = manifest.targets[Deno.build.target]!;
  const { os, cpu } = nodePlatform(Deno.build.target);
  // What has an archive in it: by itself, and as npm's package of this platform.
  const files: Record<string, string> = {
    [archive.name]: `${RELEASE}/${archive.name}`,
    ...(xz && { [xz.name]: `${RELEASE}/${xz.name}` }),
    [`insforge-cli-${os}-${cpu}-${manifest.version}.tgz`]:
      `${RELEASE}/packages/insforge-cli-${os}-${cpu}-${manifest.version}.tgz`,
  };
  const renamed = async (name: string) =>
    (await Deno.readTextFile(`${RELEASE}/${name}`)).replaceAll(manifest.version, latest);
  const texts: Record<string, string | Uint8Array<ArrayBuffer>> = {
    "manifest.json": await renamed("manifest.json"),
    "SHA256SUMS": await renamed("SHA256SUMS"),
  };
  for (const name of ["manifest.json", "SHA256SUMS"]) {
    const signed = new TextEncoder().encode(texts[name] as string);
    texts[`${name}.sig`] = signature === "none" ? new Uint8Array(64) : await sign(signed);
  }
  if (signature === "older") {
    texts["manifest.json"] = (texts["manifest.json"] as string).replace(latest, "99.9.9");
  }
  const paths = Object.fromEntries(
    Object.entries(files).map(([name, path]) => [
      `/download/v${latest}/${name.replace(manifest.version, latest)}`,
      path,
    ]),
  );
  const requests: string[] = [];
  const ended = Promise.withResolvers<Response>();
  const respond = (request: Request): Response | Promise<Response> => {
    const { pathname } = new URL(request.url);
    requests.push(pathname);
    const { fault } = server;
    if (fault === "silent") return ended.promise;
    const text = texts[pathname.split("/").at(-1)!];
    const isKnown = pathname.startsWith("/latest/download/") ||
      pathname.startsWith(`/download/v${latest}/`);
    if (isKnown && text !== undefined) return new Response(text);
    const path = paths[pathname];
    if (!path) return new Response("nothing here", { status: 404 });
    if (server.once) server.fault = undefined;
    return archiveWith(fault, Deno.readFileSync(path), path.endsWith(".tgz"));
  };
  const settings = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const host = tls ? Deno.serve({ ...settings, ...tls }, respond) : Deno.serve(settings, respond);
  const server: ReleaseServer = {
    url: `${tls ? "https" : "http"}://127.0.0.1:${host.addr.port}`,
    port: host.addr.port,
    requests,
    async [Symbol.asyncDispose]() {
      ended.resolve(new Response(null, { status: 503 }));
      await host.shutdown();
    },
  };
  return server;
}

function archiveWith(
  fault: Fault | undefined,
  bytes: Uint8Array<ArrayBuffer>,
  isPackage: boolean,
): Response {
  const part = bytes.subarray(0, bytes.length / 20);
  switch (fault) {
    case "missing":
      return new Response("nothing here", { status: 404 });
    case "damaged": {
      const damaged = bytes.slice();
      damaged[damaged.length - 100_000]! ^= 1;
      return new Response(damaged);
    }
    case "forged": {
      // The time in gzip's header, which nobody reads: in a package, that of the archive in it.
      const forged = isPackage ? new Uint8Array(gunzipSync(bytes)) : bytes.slice();
      forged[isPackage ? 512 + 4 : 4]! ^= 1;
      return new Response(isPackage ? new Uint8Array(gzipSync(forged, { level: 1 })) : forged);
    }
    case "short":
      return new Response(part);
    case "broken": {
      const chunks = [part];
      return new Response(
        new ReadableStream({
          pull(controller) {
            const chunk = chunks.pop();
            if (chunk) controller.enqueue(chunk);
            else controller.error(new Error("broken on purpose"));
          },
        }),
      );
    }
    default:
      return new Response(bytes);
  }
}
