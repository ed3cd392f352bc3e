/** The files of one package, in memory, and which of them an import of the package means. */
import { dirname, join, normalize } from "node:path/posix";
import { concatBytes } from "../../core/bytes.ts";
import { listOf, recordOf, textOf, textsOf } from "../../core/shapes.ts";
import { PackageError } from "./errors.ts";

/** What is read of a `package.json`. */
export interface PackageJson {
  readonly name: string;
  readonly version?: string;
  readonly type?: string;
  readonly main?: string;
  readonly module?: string;
  readonly browser?: string | Readonly<Record<string, unknown>>;
  readonly exports?: unknown;
  readonly imports?: unknown;
  readonly sideEffects?: unknown;
  readonly gypfile?: unknown;
  readonly binary?: unknown;
  readonly types?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Whether an import is a statement, an `import()` or a call of `require`. */
export type ImportKind = "import" | "dynamic-import" | "require";

/** Unpacked bytes above which a package cannot be meant for a function. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Bytes of an archive that are unpacked at a time. */
const STEP_BYTES = 16 * 1024;
const EXTENSIONS = ["", ".js", ".mjs", ".cjs", ".json", ".ts", ".mts"];
const CONDITIONS = ["deno", "worker", "browser", "default"];

/** Packages whose build for browsers lacks what functions take them for. */
const NODE_BUILDS = ["jimp", "mongoose", "pino", "ws"];

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
      for (const { header, data } of await unpackTar(await gunzip(id, archive))) {
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

  /** Whether Node takes a file for an ES module: by its ending, or the `type` that is nearest. */
  isEsModule(path: string): boolean {
    if (!/\.[jt]sx?$/.test(path)) return /\.m[jt]s$/.test(path);
    for (let folder = dirname(path);; folder = dirname(folder)) {
      if (folder === dirname(folder)) return this.manifest.type === "module";
      const nearest = this.text(join(folder, "package.json"));
      if (nearest) return recordOf(attempt(() => JSON.parse(nearest))).type === "module";
    }
  }

  /** The file that `NAME/subpath` means; an empty subpath is the package itself. */
  async entry(subpath: string, kind: ImportKind): Promise<string | undefined> {
    const { exports, legacy } = await import("resolve.exports");
    const { manifest } = this;
    if (manifest.exports) {
      return this.#first(() =>
        exports(manifest as never, subpath ? `./${subpath}` : ".", this.#conditions(kind))
      );
    }
    if (subpath) return this.file(subpath);
    const fields = kind === "require" ? ["main", "module"] : ["module", "main"];
    const main = typeof manifest.browser === "string" && !NODE_BUILDS.includes(manifest.name)
      ? manifest.browser
      : legacy(manifest as never, { browser: false, fields });
    return this.file(main || "index.js") ?? this.file("index.js");
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
    const nested = plain && this.text(`${plain}/package.json`);
    if (nested) {
      const { module, main } = recordOf(attempt(() => JSON.parse(nested)));
      for (const entry of [module, main]) {
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

  /**
   * What its `browser` field puts in the place of a file or package: `false` for nothing at all,
   * `undefined` where it says nothing.
   */
  replacement(name: string): string | false | undefined {
    const { browser } = this.manifest;
    if (typeof browser !== "object") return undefined;
    const found = browser[name] ?? browser[name.replace(/\.js$/, "")];
    // Packages call what they have left out for browsers where they see a process of Node's.
    if (found === false) return name.startsWith("./") ? undefined : false;
    return textOf(found);
  }

  #conditions(kind: ImportKind) {
    const own = kind === "require" ? ["require"] : ["import", "module"];
    const all = [...CONDITIONS, ...own];
    const isOfNode = NODE_BUILDS.includes(this.manifest.name);
    return { unsafe: true, conditions: all.filter((name) => !(isOfNode && name === "browser")) };
  }

  #first(find: () => readonly string[] | void): string | undefined {
    return listOf(attempt(find)).map((target) => target.replace(/^\.\//, ""))
      .find((target) => this.#files.has(target));
  }
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
    browser: textOf(found.browser) ?? (found.browser ? recordOf(found.browser) : undefined),
    exports: found.exports,
    imports: found.imports,
    sideEffects: found.sideEffects,
    gypfile: found.gypfile,
    binary: found.binary,
    types: textOf(found.types) ?? textOf(found.typings),
    scripts: textsOf(found.scripts),
    dependencies: textsOf(found.dependencies),
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
      throw new PackageError(`npm:${id} has more than ${MAX_BYTES / 2 ** 20} MB of files.`, {
        hint: "Choose a package that is made for edge functions.",
      });
    }
    chunks.push(chunk);
  }
  return concatBytes(chunks);
}
