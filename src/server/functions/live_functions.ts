/** The functions of a directory as they are now: bundled, compiled and ready to be called. */
import { FileError } from "../../core/errors.ts";
import { SourceError } from "../../shared/bundling/source_error.ts";
import { PackageError } from "../../shared/packages/errors.ts";
import type { LogLevel } from "../logs/log_file.ts";
import type { KvAccess } from "../kv/access.ts";
import { type CompiledFunction, compileFunction } from "./compile.ts";
import { failure, failureOf } from "./invoke.ts";
import { FunctionRuntime } from "./runtime.ts";

/** Something that a person at the terminal should see. */
export interface DevelopmentEvent {
  readonly slug: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly invocationId?: string;
}

/** Where functions come from, and who is told of them. */
export interface LiveSettings {
  /** The functions to run: asked again after each change. */
  find(): Promise<readonly ServedFunction[]>;
  /** Makes what is uploaded of a function. */
  bundler(source: ServedFunction): Promise<SourceBundler>;
  /** Called after functions were bundled. */
  onBundled(): Promise<void>;
  /** What functions see as their environment: asked again after each change. */
  readEnv(): Promise<Record<string, string>>;
  /** The command line that runs this program. */
  readonly self: readonly string[];
  /** Where `Deno.openKv` leads. */
  kv?(): KvAccess;
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

/** Holds what was made of each function; {@link reload} brings it up to date. */
export class LiveFunctions {
  readonly #settings: LiveSettings;
  readonly #runtime: FunctionRuntime;
  readonly #bundlers = new Map<string, SourceBundler>();
  readonly #loaded = new Map<string, Loaded>();
  #env: Readonly<Record<string, string>> = {};
  #files: readonly string[] = [];

  constructor(settings: LiveSettings) {
    this.#settings = settings;
    this.#runtime = new FunctionRuntime({
      self: settings.self,
      kv: settings.kv?.bind(settings),
      onOutput: ({ slug, level, message, invocation }) =>
        this.#tell(slug, level, this.#located(slug, message), invocation),
    });
  }

  /** The files that the functions were last made of. */
  get files(): readonly string[] {
    return this.#files;
  }

  /** Reads everything; what changed is loaded at once, so that the next request need not wait. */
  async reload(isFirst: boolean): Promise<void> {
    const sources = await this.#settings.find();
    const before = JSON.stringify(this.#env);
    this.#env = await this.#settings.readEnv();
    const isOtherEnv = before !== JSON.stringify(this.#env);
    const used: string[] = [];
    for (const source of sources) {
      const { slug, path } = source;
      const now = await this.#load(source);
      used.push(path, ...this.#bundlers.get(path)!.files);
      const isSame = JSON.stringify(this.#loaded.get(slug)) === JSON.stringify(now);
      this.#loaded.set(slug, now);
      if (isSame && !isOtherEnv) continue;
      if ("error" in now) this.#tell(slug, "error", now.error);
      else await this.#prepare(slug, now, isFirst);
    }
    await this.#settings.onBundled();
    this.#forgetAllBut(sources.map(({ slug }) => slug));
    this.#files = used;
  }

  /** Calls a function, and tells what came of it. @param url as the function sees it */
  async call(slug: string, request: Request, url: string): Promise<Response> {
    const now = this.#loaded.get(slug);
    if (!now) return failure(404, `There is no function ${slug} in this directory`);
    if ("error" in now) return failure(500, now.error);
    const invocation = { id: crypto.randomUUID(), url };
    const started = performance.now();
    const response = await this.#runtime
      .invoke({ slug, code: now.code, env: this.#env }, request, invocation)
      .catch((error: Error) => {
        this.#tell(slug, "error", this.#located(slug, error.message), invocation.id);
        return failureOf(error);
      });
    const { status } = response;
    const outcome = `${request.method} ${status} ${millisecondsSince(started)} ms`;
    this.#tell(slug, status >= 500 ? "error" : "info", outcome, invocation.id);
    return response;
  }

  /** Ends what runs. */
  async close(): Promise<void> {
    await this.#runtime.close();
    for (const bundler of this.#bundlers.values()) await bundler[Symbol.asyncDispose]();
  }

  async #load(source: ServedFunction): Promise<Loaded> {
    const { slug, path } = source;
    const bundler = this.#bundlers.get(path) ?? await this.#settings.bundler(source);
    this.#bundlers.set(path, bundler);
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

  async #prepare(slug: string, { code }: CompiledFunction, isFirst: boolean): Promise<void> {
    const started = performance.now();
    try {
      await this.#runtime.prepare({ slug, code, env: this.#env });
      if (!isFirst) this.#tell(slug, "info", `loaded (${millisecondsSince(started)} ms)`);
    } catch (error) {
      this.#tell(slug, "error", this.#located(slug, (error as Error).message));
    }
  }

  #forgetAllBut(slugs: readonly string[]): void {
    for (const slug of this.#loaded.keys()) {
      if (slugs.includes(slug)) continue;
      this.#loaded.delete(slug);
      this.#runtime.forget(slug);
      this.#tell(slug, "info", "removed");
    }
  }

  /** A message of the runtime in terms of the files that its positions come from. */
  #located(slug: string, text: string): string {
    const now = this.#loaded.get(slug);
    return now && "locate" in now ? now.locate(text) : text;
  }

  #tell(slug: string, level: LogLevel, message: string, invocationId?: string): void {
    this.#settings.onEvent({ slug, level, message, invocationId });
  }
}

function millisecondsSince(started: number): number {
  return Math.round(performance.now() - started);
}
