/** Makes one self-contained file of a function and all that it imports, with esbuild. */
import type { BuildContext, BuildFailure, BuildResult, Message, Plugin } from "esbuild-wasm";
import { PackageError } from "../packages/errors.ts";
import type { ImportKind } from "../packages/package_files.ts";
import type { PackageSource } from "../packages/package_source.ts";
import { esModuleName, isEsModule, withoutEnding } from "./es_modules.ts";
import { type Esbuild, loadEsbuild } from "./esbuild.ts";
import { filesAtRunTime } from "./files_at_run_time.ts";
import { type ImportMap, readImportMap, withoutNames } from "./import_map.ts";
import { contentOf, loadModule } from "./load.ts";
import { type LocalFiles, localFiles } from "./local_files.ts";
import { givenModules, isPartlyGiven, nodeModule } from "./node_modules.ts";
import parts from "./node_parts.js" with { type: "text" };
import prelude from "./prelude.js" with { type: "text" };
import { withNodeTimers } from "./node_timers.ts";
import { type ModuleKind, partsOf, type Resolved, Resolver } from "./resolve.ts";
import serving from "./serving.js" with { type: "text" };
import { SourceError } from "./source_error.ts";
import { type Bundled, uploadOf } from "./upload.ts";

/** The module that is bundled: a file, or text that came by itself under a name. */
export type Entry = { readonly path: string } | { readonly name: string; readonly source: string };

export interface BundlerOptions {
  readonly entry: Entry;
  /** The project's root: files are named from here, and configuration is looked for up to it. */
  readonly root: string;
  readonly packages: PackageSource;
  /** The name that the runtime itself has for what a specifier means, where it has that. */
  given?(specifier: string): string | undefined;
}

/** A function as it is uploaded. */
export interface Bundle {
  readonly code: string;
  /** What it was made of and what that takes of it, in bytes; packages as one each. */
  readonly contents: readonly { readonly name: string; readonly bytes: number }[];
  /** The author's files, by their paths from the root. */
  readonly sources: Readonly<Record<string, string>>;
  /** What may not be meant so, in sentences. */
  readonly warnings: readonly string[];
}

/** A module of the bundle, and the bytes that it takes there. */
interface Used {
  readonly kind: string;
  readonly path: string;
  readonly bytes: number;
}

/** Our own modules, which no import of a function can name. */
const PRELUDE = "insforge:prelude";
const SERVING = "insforge:serving";
const PARTS = "insforge:parts";
/** What `Deno.cron` becomes; a bundle that calls it is not deployed. */
const CRON = "insforge:cron";
const OWN: Readonly<Record<string, string>> = {
  [PRELUDE]: prelude,
  [SERVING]: serving,
  [PARTS]: `const given = ${JSON.stringify(givenModules)};\n${parts}`,
  [CRON]: "export function __cron() { throw new Error('Deno.cron'); }",
};
const FUNCTION = "insforge:function";
const START = `import * as own from "${FUNCTION}";
import { handlerOf } from "${SERVING}";
await handlerOf(own.default);`;
const CRON_CALL = /(?<!function )\b__cron\(/;
const USE_SCHEDULES =
  "A schedule calls a function at set times: `insforge schedules create --function SLUG`.";

/** Bundles a function, and again after its files have changed. */
export class Bundler implements AsyncDisposable {
  readonly #options: BundlerOptions;
  readonly #local: LocalFiles;
  readonly #entry: string;
  #context: BuildContext | undefined;
  /** What the context is of, and ends with. */
  #esbuild: Esbuild | undefined;
  #map: ImportMap;
  #resolver: Resolver;

  constructor(options: BundlerOptions) {
    this.#options = options;
    const { entry, root } = options;
    this.#map = withoutNames(root);
    this.#local = localFiles("path" in entry ? {} : { [entry.name]: entry.source }, root);
    this.#resolver = this.#newResolver();
    this.#entry = "path" in entry ? this.#resolver.local(entry.path) : entry.name;
  }

  /**
   * Every file that the function was last made of, absolute; a change of one of them changes it.
   */
  get files(): readonly string[] {
    return [...this.#map.project.files, ...this.#local.files];
  }

  /** @throws {SourceError | PackageError} that says where and why */
  async bundle(): Promise<Bundle> {
    const { entry, root } = this.#options;
    this.#local.forget();
    if ("path" in entry) {
      await this.#local.read(this.#entry);
      const before = JSON.stringify(this.#map.compilerOptions);
      this.#map = await readImportMap(entry.path, root);
      this.#resolver = this.#newResolver();
      if (before !== JSON.stringify(this.#map.compilerOptions)) await this.#end();
    }
    try {
      const esbuild = await loadEsbuild();
      if (this.#esbuild !== esbuild) this.#context = undefined;
      this.#esbuild = esbuild;
      this.#context ??= await this.#start(esbuild);
      return await this.#finish(await this.#rebuiltBy(esbuild, this.#context));
    } catch (error) {
      throw reasonOf(error);
    }
  }

  /** @throws {SourceError} when that is the end of esbuild */
  async #rebuiltBy({ ended }: Esbuild, context: BuildContext): Promise<BuildResult> {
    const end = Promise.withResolvers<never>();
    const onEnd = () =>
      end.reject(new SourceError(`${this.#entry}, or what it imports, is nested too deeply`));
    ended.addEventListener("abort", onEnd);
    try {
      return await Promise.race([this.#rebuilt(context), end.promise]);
    } finally {
      ended.removeEventListener("abort", onEnd);
    }
  }

  /** Again, where a peer that the function imports itself was not known in time. */
  async #rebuilt(context: BuildContext): Promise<BuildResult> {
    const built = await context.rebuild();
    return this.#resolver.takeLatePeer() ? await context.rebuild() : built;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  async #end(): Promise<void> {
    if (!this.#esbuild?.ended.aborted) await this.#context?.dispose();
    this.#context = undefined;
  }

  #newResolver(): Resolver {
    const { root, packages, given, entry } = this.#options;
    return new Resolver({ root, packages, given, map: this.#map, isAlone: !("path" in entry) });
  }

  async #start(esbuild: Esbuild): Promise<BuildContext> {
    return await esbuild.context({
      stdin: { contents: START },
      inject: [PRELUDE, SERVING, CRON],
      plugins: [this.#plugin()],
      bundle: true,
      write: false,
      outfile: "function.js",
      format: "esm",
      target: "esnext",
      charset: "utf8",
      sourcemap: "external",
      sourcesContent: false,
      metafile: true,
      logLevel: "silent",
      tsconfigRaw: { compilerOptions: this.#map.compilerOptions },
      // One line, which is what InsForge's own check of types can be told to leave alone. And no
      // import may be left: the runtime's loader asks for no permission.
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: "none",
      supported: { "template-literal": false, "dynamic-import": false, "decorators": false },
      define: {
        "Deno": "__Deno",
        "globalThis.Deno": "__Deno",
        "Deno.cron": "__cron",
        "addEventListener": "__listen",
        "globalThis.addEventListener": "__listen",
        "self.addEventListener": "__listen",
        "import.meta": "__meta",
        "__dirname": '"/"',
        "__filename": '"/function.js"',
        "process.env.NODE_ENV": '"production"',
      },
    });
  }

  #plugin(): Plugin {
    return {
      name: "insforge",
      setup: (build) => {
        build.onResolve({ filter: /.*/ }, async ({ path, importer, namespace, kind, with: w }) => {
          if (Object.hasOwn(OWN, path)) return { path, namespace: "own" };
          if (namespace === "own" && path !== FUNCTION) {
            return { path: nodeModule(path)!, namespace: "given", sideEffects: false };
          }
          try {
            const found = path === FUNCTION
              ? { kind: "local", path: this.#entry } as const
              : await this.#resolver.resolve(
                path,
                { kind: namespace as ModuleKind, path: withoutEnding(importer) },
                importKind(kind),
              );
            if (!found) return { path, external: true };
            return {
              path: await this.#nameOf(found, w?.type),
              namespace: found.kind,
              sideEffects: found.isPure ? false : undefined,
              pluginData: w?.type,
            };
          } catch (error) {
            return { errors: [messageOf(error)] };
          }
        });
        build.onLoad({ filter: /.*/ }, async ({ path: name, namespace, with: { type } }) => {
          const path = withoutEnding(name);
          try {
            if (namespace === "own") return { contents: OWN[path]! };
            if (namespace === "local") {
              return contentOf(path, await this.#local.read(path), type);
            }
            const kind = namespace as Exclude<ModuleKind, "local">;
            const content = await loadModule(kind, path, this.#options.packages, type);
            return kind === "npm" ? await withNodeTimers(path, content) : content;
          } catch (error) {
            return { errors: [messageOf(error)] };
          }
        });
      },
    };
  }

  /** The name that esbuild is told for a module. @throws {SourceError | PackageError} */
  async #nameOf(found: Resolved, attribute: string | undefined): Promise<string> {
    const { packages } = this.#options;
    const isEs = !attribute && await isEsModule(found, { local: this.#local, packages });
    return isEs ? esModuleName(found.path) : found.path;
  }

  async #finish(result: BuildResult): Promise<Bundle> {
    const { inputs } = result.metafile!.outputs["function.js"]!;
    const used = Object.entries(inputs).map(([input, { bytesInOutput }]) => {
      const colon = input.indexOf(":");
      const path = withoutEnding(input.slice(colon + 1));
      return { kind: input.slice(0, colon), path, bytes: bytesInOutput };
    });
    const body = textOf(result, ".js").trimEnd();
    if (CRON_CALL.test(body)) {
      throw new SourceError(`${this.#entry} calls Deno.cron, which edge functions lack`, {
        hint: USE_SCHEDULES,
      });
    }
    const bundled: Bundled = {
      entry: this.#entry,
      body,
      map: JSON.parse(textOf(result, ".map")),
      given: used.filter(({ kind }) => kind === "given").map(({ path }) => path).sort(),
      packages: [
        ...new Set(used.filter(({ kind }) => kind === "npm").map(({ path }) => partsOf(path).id)),
      ].sort(),
      sources: this.#local.texts(),
    };
    const { entry, root } = this.#options;
    const files = "path" in entry ? filesAtRunTime(bundled.sources, root) : [];
    return {
      code: await uploadOf(bundled),
      contents: contentsOf(used),
      sources: bundled.sources,
      warnings: [...lackingModules(used), ...files],
    };
  }
}

/** Bundles a function once. @throws {SourceError | PackageError} */
export async function bundleFunction(options: BundlerOptions): Promise<Bundle> {
  await using bundler = new Bundler(options);
  return await bundler.bundle();
}

function importKind(kind: string): ImportKind {
  if (kind === "dynamic-import") return kind;
  return kind.startsWith("require") ? "require" : "import";
}

/** What the SDK brings for polling alone, which asks neither files nor processes over HTTP. */
const OF_THE_SDK = /^npm:xmlhttprequest-ssl@/;

/** A warning for each module of Node that packages import and functions lack. */
function lackingModules(used: readonly Used[]): string[] {
  const lacking = used.filter(({ kind }) => kind === "lacking").map(({ path }) => path.split(" "))
    .filter(([name, importer]) => !isPartlyGiven(name!) && !OF_THE_SDK.test(importer!));
  return [...Map.groupBy(lacking, ([name]) => name!)].map(([name, uses]) => {
    const importers = uses.map(([, importer]) => importer).sort().join(", ");
    return uses.length === 1
      ? `${importers} uses node:${name}, and fails where it does.`
      : `${importers} use node:${name}, and fail where they do.`;
  });
}

function textOf({ outputFiles = [] }: BuildResult, ending: string): string {
  return outputFiles.find(({ path }) => path.endsWith(ending))!.text;
}

function contentsOf(used: readonly Used[]): Bundle["contents"] {
  const sizes = new Map<string, number>();
  for (const { kind, path, bytes } of used) {
    const name = kind === "npm" ? `npm:${partsOf(path).id}` : path;
    if (kind === "npm" || kind === "local" || kind === "remote") {
      sizes.set(name, (sizes.get(name) ?? 0) + bytes);
    }
  }
  return [...sizes].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes);
}

function messageOf(error: unknown): { text: string; detail: unknown } {
  return { text: error instanceof Error ? error.message : String(error), detail: error };
}

/** What esbuild says, as an error that names the author's file. */
function reasonOf(error: unknown): unknown {
  const [first] = (error as Partial<BuildFailure>).errors ?? [];
  if (!first) return error;
  const { detail } = first;
  if (detail instanceof SourceError || detail instanceof PackageError) return detail;
  if (detail instanceof Error) return detail;
  return new SourceError(withoutEnding(`${placeOf(first)}${first.text}`), { cause: error });
}

function placeOf({ location }: Message): string {
  if (!location) return "";
  return `${location.file.replace(/^local:/, "")}:${location.line}:${location.column + 1}: `;
}
