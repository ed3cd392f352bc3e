/** The files of one package, in memory, and which of them an import of the package means. */
import { dirname, join, normalize } from "node:path/posix";
import { concatBytes } from "../../core/bytes.ts";
import { loadCarried } from "../../files/carried_module.ts";
import { listOf, recordOf, textOf, textsOf } from "../../core/shapes.ts";
import { PackageError } from "./errors.ts";

/** What is read of a `package.json`. */
export interface PackageJson {
  readonly name: string;
  readonly version?: string;
  readonly type?: string;
  readonly main?: string;
  readonly module?: string;
  readonly exports?: unknown;
  readonly imports?: unknown;
  readonly sideEffects?: unknown;
  readonly gypfile?: unknown;
  readonly binary?: unknown;
  readonly types?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Whether an import is a statement, an `import()` or a call of `require`. */
export type ImportKind = "import" | "dynamic-import" | "require";

/** Unpacked bytes above which a package cannot be meant for a function. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Files above which it cannot either: each takes two kilobytes, even an empty one. */
const MOST_FILES = 100_000;
/** Bytes of an archive that are unpacked at a time. */
const STEP_BYTES = 16 * 1024;
const EXTENSIONS = ["", ".js", ".mjs", ".cjs", ".json", ".ts", ".mts"];
/** Those of Deno: packages are what they are to it, in their build for Node. */
const CONDITIONS = ["deno", "node", "default"];
/** The names of packages that hold what was compiled for one kind of machine. */
const PLATFORM = /\b(linux|darwin|win32)-(x64|arm64|ia32)/;
/** What stands in an ES module, as far as a glance tells. */
const MODULE_SYNTAX = /(?:^|[;}\s])(?:import|export)\b\s*[\w{*"']|\bimport\.meta\b/;

/** Whether a package of this name is for one kind of machine. */
export function isForPlatform(name: string): boolean {
  return PLATFORM.test(name);
}

/** The files of a package. */
export class PackageFiles {
  readonly id: string;
  readonly manifest: PackageJson;
  readonly #files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

  constructor(id: string, files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>) {
    this.id = id;
    this.#files = files;
    this.manifest = packageJson(JSON.parse(this.text("package.json") ?? "{}"));
  }

  /** Unpacks an archive of npm's. @throws {PackageError} */
  static async unpack(id: string, archive: Uint8Array<ArrayBuffer>): Promise<PackageFiles> {
    const { unpackTar } = await import("modern-tar");
    try {
      const files = new Map<string, Uint8Array<ArrayBuffer>>();
      let found = 0;
      const filter = () => {
        if (++found > MOST_FILES) throw new PackageError(`npm:${id} has too many files.`);
        return true;
      };
      for (const { header, data } of await unpackTar(await gunzip(id, archive), { filter })) {
        // All is below one folder, which most call `package`.
        if (data) files.set(header.name.replace(/^(\.\/)?[^/]+\//, ""), data);
      }
      return new PackageFiles(id, files);
    } catch (error) {
      if (error instanceof PackageError) throw error;
      throw new PackageError(`The archive of npm:${id} cannot be unpacked.`, { cause: error });
    }
  }

  /** A file's bytes, by its path in the package. */
  bytes(path: string): Uint8Array<ArrayBuffer> | undefined {
    return this.#files.get(path);
  }

  text(path: string): string | undefined {
    const bytes = this.#files.get(path);
    return bytes && new TextDecoder().decode(bytes);
  }

  /**
   * Whether Node takes a file for an ES module: by its ending, the `type` that is nearest, or else
   * what it says.
   */
  async isEsModule(path: string): Promise<boolean> {
    if (!/\.[jt]sx?$/.test(path)) return /\.m[jt]s$/.test(path);
    const type = this.#typeOf(path);
    return type === undefined ? await hasModuleSyntax(this.text(path)!) : type === "module";
  }

  /** The file that `NAME/subpath` means; an empty subpath is the package itself. */
  async entry(subpath: string, kind: ImportKind): Promise<string | undefined> {
    const { exports } = await import("resolve.exports");
    const { manifest } = this;
    if (manifest.exports) {
      return this.#first(() =>
        exports(manifest as never, subpath ? `./${subpath}` : ".", this.#conditions(kind))
      );
    }
    if (subpath) return this.file(subpath);
    const main = this.file(manifest.main || "index") ?? this.file("index");
    return main ?? (manifest.module && this.file(manifest.module));
  }

  /** What a name such as `#internal` means inside of the package: a file, or another package. */
  async internal(name: string, kind: ImportKind): Promise<string | undefined> {
    const { imports } = await import("resolve.exports");
    const targets = attempt(() => imports(this.manifest as never, name, this.#conditions(kind)));
    const target = textOf(targets?.[0]);
    if (target?.startsWith("#")) return undefined;
    return target?.startsWith("./") ? this.file(target) : target;
  }

  /** A path as `require` completes it: with an extension, or as a folder by what it names. */
  file(path: string): string | undefined {
    const plain = normalize(path).replace(/^\.\/|\/$/g, "").replace(/^\.$/, "");
    const found = this.#completed(plain);
    if (found !== undefined) return found;
    const nested = this.text(join(plain, "package.json"));
    if (nested) {
      const { main, module } = recordOf(attempt(() => JSON.parse(nested)));
      for (const entry of [main, module]) {
        const target = typeof entry === "string" ? join(plain, entry) : undefined;
        const file = target && (this.#completed(target) ?? this.#indexOf(target));
        if (file) return file;
      }
    }
    return this.#indexOf(plain);
  }

  #completed(path: string): string | undefined {
    return EXTENSIONS.map((extension) => path + extension)
      .find((candidate) => this.#files.has(candidate));
  }

  #indexOf(folder: string): string | undefined {
    return EXTENSIONS.slice(1).map((extension) => join(folder, `index${extension}`))
      .find((candidate) => this.#files.has(candidate));
  }

  #typeOf(path: string): string | undefined {
    for (let folder = dirname(path);; folder = dirname(folder)) {
      if (folder === dirname(folder)) return this.manifest.type;
      const nearest = this.text(join(folder, "package.json"));
      if (nearest) return textOf(recordOf(attempt(() => JSON.parse(nearest))).type);
    }
  }

  #conditions(kind: ImportKind) {
    const own = kind === "require" ? "require" : "import";
    return { unsafe: true, conditions: [...CONDITIONS, own] };
  }

  #first(find: () => readonly string[] | void): string | undefined {
    return listOf(attempt(find)).map((target) => target.replace(/^\.\//, ""))
      .find((target) => this.#files.has(target));
  }
}

async function hasModuleSyntax(text: string): Promise<boolean> {
  if (!MODULE_SYNTAX.test(text)) return false;
  const { parse } = await loadCarried<typeof import("./acorn.ts")>("src/shared/packages/acorn");
  const parses = (sourceType: "script" | "module") =>
    attempt(() => parse(text, { ecmaVersion: "latest", sourceType, allowHashBang: true }));
  return !parses("script") && parses("module") !== undefined;
}

/** `resolve.exports` throws for what is not exported. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** What is meant of a `package.json`. */
function packageJson(value: unknown): PackageJson {
  const found = recordOf(value);
  return {
    name: textOf(found.name) ?? "",
    version: textOf(found.version),
    type: textOf(found.type),
    main: textOf(found.main),
    module: textOf(found.module),
    exports: found.exports,
    imports: found.imports,
    sideEffects: found.sideEffects,
    gypfile: found.gypfile,
    binary: found.binary,
    types: textOf(found.types) ?? textOf(found.typings),
    scripts: textsOf(found.scripts),
    dependencies: textsOf(found.dependencies),
    peerDependencies: textsOf(found.peerDependencies),
    optionalDependencies: textsOf(found.optionalDependencies),
  };
}

/**
 * Unpacks in small steps: of each, the system's library makes a thousand times as much, all of
 * which is there before anything of it is read.
 */
async function gunzip(id: string, archive: Uint8Array<ArrayBuffer>) {
  let at = 0;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= archive.length) return controller.close();
      controller.enqueue(archive.slice(at, at += STEP_BYTES));
    },
  });
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of packed.pipeThrough(new DecompressionStream("gzip"))) {
    if ((size += chunk.length) > MAX_BYTES) {
      throw new PackageError(`npm:${id} has more than ${MAX_BYTES / 2 ** 20} MiB of files.`, {
        hint: "Choose a package that is made for edge functions.",
      });
    }
    chunks.push(chunk);
  }
  return concatBytes(chunks);
}
