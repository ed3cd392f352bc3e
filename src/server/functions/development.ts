/** Serves the functions of a directory without deploying them, and anew when a file changes. */
import { Hono } from "hono";
import { allowOrigins, requireLoopbackHost } from "../http/host.ts";
import { HttpServer } from "../http/http_server.ts";
import { unauthorized } from "../http/identify.ts";
import { equal } from "../keys/equal.ts";
import { MemoryKvStore } from "../kv/memory_store.ts";
import { bearerOf, kv } from "../kv/routes.ts";
import type { RequestVariables } from "../services.ts";
import { LiveFunctions, type LiveSettings } from "./live_functions.ts";
import { FileWatch } from "./watch.ts";

export interface DevelopmentOptions extends Omit<LiveSettings, "kv"> {
  /** The folder of the functions, and files whose changes count beside what functions import. */
  readonly folder: string;
  readonly files: readonly string[];
  readonly ports: Iterable<number>;
  /** Ends it. */
  readonly signal: AbortSignal;
  onReady(facts: { readonly url: string; readonly slugs: readonly string[] }): void;
}

const KV_PATH = "/kv";

/** Serves until the signal is aborted. @throws {Deno.errors.AddrInUse | PortForbidden} */
export async function serveFunctions(options: DevelopmentOptions): Promise<void> {
  const { signal, onEvent } = options;
  const token = crypto.randomUUID();
  const functions = new LiveFunctions({
    ...options,
    kv: () => ({ url: `http://127.0.0.1:${http?.port}${KV_PATH}`, token }),
  });
  const bundled = Promise.withResolvers<void>();
  bundled.promise.catch(() => {});
  const app = new Hono<RequestVariables>();
  app.use(allowOrigins, requireLoopbackHost);
  app.route(
    KV_PATH,
    kv({
      store: new MemoryKvStore(),
      path: KV_PATH,
      admit(context) {
        if (equal(bearerOf(context), token)) return;
        throw unauthorized("It is for the functions that run here");
      },
      signal,
    }),
  );
  app.all("/functions/:slug", async ({ req }) => {
    await bundled.promise;
    const slug = req.param("slug");
    const { origin, search } = new URL(req.url);
    return await functions.call(slug, req.raw, `${origin}/${slug}${search}`);
  });
  let http: HttpServer | undefined;
  try {
    http = new HttpServer(
      options.ports,
      (request, remoteAddress) => app.fetch(request, { remoteAddress }),
    );
    const { port } = http;
    const slugs = (await options.find()).map(({ slug }) => slug);
    const watched = () => [...functions.files, ...options.files];
    // Before any source is read: what is saved while functions are bundled counts, too.
    using watch = new FileWatch(options.folder, async () => {
      await bundled.promise.catch(() => {});
      await functions.reload(false).catch(({ message }) =>
        onEvent({ slug: "", level: "error", message })
      );
      watch.files(watched());
    });
    options.onReady({ url: `http://127.0.0.1:${port}`, slugs });
    // The address is there at once; who asks before the functions are bundled waits for them.
    functions.reload(true).then(bundled.resolve, bundled.reject);
    await Promise.race([bundled.promise, ended(signal)]);
    watch.files(watched());
    await ended(signal);
  } finally {
    await Promise.all([functions.close(), http?.close()]);
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}
