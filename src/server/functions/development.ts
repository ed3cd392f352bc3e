/** Runs the functions of a directory without deploying them, and anew whenever a file changes. */
import { Hono } from "hono";
import { SourceError } from "../../shared/bundling/source_error.ts";
import { FileError } from "../../core/errors.ts";
import { PackageError } from "../../shared/packages/errors.ts";
import { allowOrigins, requireLoopbackHost } from "../http/host.ts";
import { listen } from "../http/listen.ts";
import type { LogLevel } from "../logs/log_file.ts";
import type { RequestContext, RequestVariables } from "../services.ts";
import { type CompiledFunction, compileFunction } from "./compile.ts";
import { failure, failureOf } from "./invoke.ts";
import { FunctionRuntime } from "./runtime.ts";
import { FileWatch } from "./watch.ts";

/** Something that a person at the terminal should see. */
export interface DevelopmentEvent {
  readonly slug: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly invocationId?: string;
}

export interface DevelopmentOptions {
  /** The functions to run: asked again after each change. */
  find(): Promise<readonly ServedFunction[]>;
  /** Makes what is uploaded of a function. */
  bundler(source: ServedFunction): Promise<SourceBundler>;
  /** Called after functions were bundled. */
  onBundled(): Promise<void>;
  /** What functions see as their environment: asked again after each change. */
  readEnv(): Promise<Record<string, string>>;
  /** The folder of the functions, and files whose changes count beside what functions import. */
  readonly folder: string;
  readonly files: readonly string[];
  readonly ports: Iterable<number>;
  /** The command line that runs this program. */
  readonly self: readonly string[];
  /** Ends it. */
  readonly signal: AbortSignal;
  onReady(facts: { readonly url: string; readonly slugs: readonly string[] }): void;
  onEvent(event: DevelopmentEvent): void;
}

/** A function of a directory. */
export interface ServedFunction {
  readonly slug: string;
  readonly path: string;
}

/** Bundles one function, again and again. */
export interface SourceBundler extends AsyncDisposable {
  /** The files that it was last made of, absolute. */
  readonly files: readonly string[];
  /** @throws {SourceError | PackageError} */
  bundle(): Promise<{ readonly code: string }>;
}

/** What became of a source: code to run, or why there is none. */
type Loaded = CompiledFunction | { readonly error: string };

/** Serves until the signal is aborted. @throws {Deno.errors.AddrInUse} */
export async function serveFunctions(options: DevelopmentOptions): Promise<void> {
  const { self, signal, onEvent } = options;
  const loaded = new Map<string, Loaded>();
  let env: Readonly<Record<string, string>> = {};
  let files: readonly string[] = [];
  const runtime = new FunctionRuntime({
    self,
    onOutput: ({ slug, level, message, invocation }) =>
      onEvent({ slug, level, message: located(slug, message), invocationId: invocation }),
  });
  const bundlers = new Map<string, SourceBundler>();
  const first = Promise.withResolvers<void>();
  first.promise.catch(() => {});

  function located(slug: string, text: string): string {
    const now = loaded.get(slug);
    return now && "locate" in now ? now.locate(text) : text;
  }

  async function load(source: ServedFunction): Promise<Loaded> {
    const { slug, path } = source;
    const bundler = bundlers.get(path) ?? await options.bundler(source);
    bundlers.set(path, bundler);
    try {
      const { code } = await bundler.bundle();
      return await compileFunction(slug, code, (_, source) => Promise.resolve(source));
    } catch (error) {
      const isTheirs = error instanceof SourceError || error instanceof PackageError ||
        error instanceof FileError;
      if (!isTheirs) throw error;
      return { error: error.hint ? `${error.message}. ${error.hint}` : error.message };
    }
  }

  /** Reads everything; what changed is loaded at once, so that the next request need not wait. */
  async function reload(isFirst: boolean): Promise<void> {
    const sources = await options.find();
    const before = JSON.stringify(env);
    env = await options.readEnv();
    const isOtherEnv = before !== JSON.stringify(env);
    const used: string[] = [];
    for (const source of sources) {
      const { slug, path } = source;
      const now = await load(source);
      used.push(path, ...bundlers.get(path)!.files);
      const isSame = JSON.stringify(loaded.get(slug)) === JSON.stringify(now);
      loaded.set(slug, now);
      if (isSame && !isOtherEnv) continue;
      if ("error" in now) {
        onEvent({ slug, level: "error", message: now.error });
        continue;
      }
      const started = performance.now();
      await runtime.prepare({ slug, code: now.code, env }).then(
        () => {
          const milliseconds = Math.round(performance.now() - started);
          if (!isFirst) onEvent({ slug, level: "info", message: `loaded (${milliseconds} ms)` });
        },
        ({ message }: Error) => onEvent({ slug, level: "error", message: located(slug, message) }),
      );
    }
    await options.onBundled();
    const slugs = sources.map(({ slug }) => slug);
    for (const slug of loaded.keys()) {
      if (slugs.includes(slug)) continue;
      loaded.delete(slug);
      runtime.forget(slug);
      onEvent({ slug, level: "info", message: "removed" });
    }
    files = [...used, ...options.files];
  }

  async function answer(context: RequestContext): Promise<Response> {
    const slug = context.req.param("slug")!;
    await first.promise;
    const now = loaded.get(slug);
    if (!now) return failure(404, `There is no function ${slug} in this directory`);
    if ("error" in now) return failure(500, now.error);
    const { origin, search } = new URL(context.req.url);
    const invocation = { id: crypto.randomUUID(), url: `${origin}/${slug}${search}` };
    const started = performance.now();
    const response = await runtime.invoke(
      { slug, code: now.code, env },
      context.req.raw,
      invocation,
    )
      .catch((error: Error) => {
        const message = located(slug, error.message);
        onEvent({ slug, level: "error", message, invocationId: invocation.id });
        return failureOf(error);
      });
    const { status } = response;
    onEvent({
      slug,
      level: status >= 500 ? "error" : "info",
      message: `${context.req.method} ${status} ${Math.round(performance.now() - started)} ms`,
      invocationId: invocation.id,
    });
    return response;
  }

  let http: Deno.HttpServer | undefined;
  try {
    const app = new Hono<RequestVariables>();
    app.use(allowOrigins, requireLoopbackHost).all("/functions/:slug", answer);
    http = listen(options.ports, app);
    const { port } = http.addr as Deno.NetAddr;
    const slugs = (await options.find()).map(({ slug }) => slug);
    options.onReady({ url: `http://127.0.0.1:${port}`, slugs });
    // The address is there at once; who asks before the functions are bundled waits for them.
    reload(true).then(first.resolve, first.reject);
    await Promise.race([first.promise, ended(signal)]);
    using watch = new FileWatch(options.folder, async () => {
      await reload(false).catch((error) =>
        onEvent({ slug: "", level: "error", message: error.message })
      );
      watch.files(files);
    });
    watch.files(files);
    await ended(signal);
  } finally {
    await Promise.all([runtime.close(), http?.shutdown()]);
    for (const bundler of bundlers.values()) await bundler[Symbol.asyncDispose]();
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}
