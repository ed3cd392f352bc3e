/**
 * The lock file of functions, in the form of Deno's own `deno.lock`, version 5: what each range
 * stands for, and the digests of all that was fetched.
 */
import { dirname } from "@std/path";
import { writeFileAtomically } from "../../files/atomic.ts";
import { listOf, recordOf, textOf, textsOf } from "../../core/shapes.ts";
import { makeFolder } from "../../files/folders.ts";
import { isThere } from "../../files/real_path.ts";
import { PackageError } from "./errors.ts";
import { readFileIfPresent } from "../../files/read_file.ts";

/** One version of a package. */
export interface LockedPackage {
  readonly integrity: string;
  /** `NAME`, where the lock has one version of it, `NAME@VERSION`, or `ALIAS@npm:NAME@VERSION`. */
  readonly dependencies?: readonly string[];
  /** Where its archive is, unless that follows from the registry. */
  readonly tarball?: string;
}

interface LockDocument {
  version: string;
  specifiers?: Record<string, string>;
  npm?: Record<string, LockedPackage>;
  redirects?: Record<string, string>;
  remote?: Record<string, string>;
  [others: string]: unknown;
}

const VERSION = "5";
const DEPENDENCY = /^(?:(.+?)@npm:)?(@?[^@]+)(?:@([^_]+))?/;

/** What is known of the packages and modules that functions import. */
export class Lock {
  readonly #document: LockDocument;
  readonly #before: string;
  readonly #dependencies = new Map<string, Record<string, string>>();
  /** The versions that were read, by names: dependencies on the only one do not name it. */
  readonly #read: ReadonlyMap<string, readonly string[]>;

  constructor(document: LockDocument = { version: VERSION }) {
    this.#document = document;
    this.#read = Map.groupBy(Object.keys(document.npm ?? {}), nameOf);
    this.#before = this.#text();
  }

  /** Reads a lock file; one that is not there is empty. @throws {PackageError} */
  static async read(path: string): Promise<Lock> {
    const text = await readFileIfPresent(path).catch((error) => {
      throw new PackageError(`The lock file ${path} cannot be read.`, { cause: error });
    });
    if (text === undefined) return new Lock();
    try {
      const document = lockDocument(JSON.parse(text));
      if (document.version === VERSION) return new Lock(document);
    } catch {
      // Said below.
    }
    throw new PackageError(`${path} is no lock file of version ${VERSION}.`, {
      hint: "Remove it: it is written anew.",
    });
  }

  /** Writes what was added since it was read, if anything was; `token` is that of the grants. */
  async write(path: string, token?: string): Promise<void> {
    const text = this.#text();
    if (text === this.#before) return;
    try {
      // Functions may lie elsewhere.
      if (!isThere(dirname(path))) await makeFolder(dirname(path));
      await writeFileAtomically(path, text, { mode: 0o644, token });
    } catch (error) {
      throw new PackageError(`The lock file ${path} cannot be written.`, { cause: error });
    }
  }

  /** The version that a specifier such as `npm:zod@3` stands for. */
  versionOf(specifier: string): string | undefined {
    return this.#document.specifiers?.[specifier]?.split("_")[0];
  }

  setVersion(specifier: string, version: string): void {
    (this.#document.specifiers ??= {})[specifier] = version;
  }

  /** One version, by `NAME@VERSION`. */
  package(id: string): LockedPackage | undefined {
    const { npm = {} } = this.#document;
    // Deno tells apart what has different peers: `NAME@VERSION_PEER@VERSION`.
    const key = npm[id] ? id : Object.keys(npm).find((key) => key.startsWith(`${id}_`));
    return key === undefined ? undefined : npm[key];
  }

  /** All versions of a package that are there. */
  versionsOf(name: string): string[] {
    return Object.keys(this.#document.npm ?? {})
      .filter((id) => nameOf(id) === name)
      .map(versionIn);
  }

  /** The `NAME@VERSION` of each dependency of a package, by the name that it is imported with. */
  dependenciesOf(id: string): Readonly<Record<string, string>> {
    const known = this.#dependencies.get(id);
    if (known) return known;
    const found: Record<string, string> = {};
    for (const text of this.package(id)?.dependencies ?? []) {
      const [, alias, name, version] = DEPENDENCY.exec(text) ?? [];
      if (name) found[alias ?? name] = `${name}@${version ?? this.#onlyVersion(name)}`;
    }
    return found;
  }

  /** Adds a package, whose dependencies are written when all of them are known. */
  add(
    id: string,
    locked: Pick<LockedPackage, "integrity" | "tarball">,
    dependencies: Record<string, string>,
  ): void {
    (this.#document.npm ??= {})[id] = locked;
    this.#dependencies.set(id, dependencies);
  }

  redirectOf(url: string): string | undefined {
    return this.#document.redirects?.[url];
  }

  /** The SHA-256 of a module's text, hexadecimal. */
  digestOf(url: string): string | undefined {
    return this.#document.remote?.[url];
  }

  addRemote(url: string, target: string, digest: string): void {
    if (url !== target) (this.#document.redirects ??= {})[url] = target;
    (this.#document.remote ??= {})[target] = digest;
  }

  #text(): string {
    const { version, specifiers, npm, redirects, remote, ...others } = this.#document;
    const packages = npm && Object.fromEntries(
      Object.entries(npm).map(([id, locked]) => [id, { ...locked, ...this.#written(id, locked) }]),
    );
    const document = {
      version,
      specifiers: sorted(specifiers),
      ...others,
      npm: sorted(packages),
      redirects: sorted(redirects),
      remote: sorted(remote),
    };
    return `${JSON.stringify(document, null, 2)}\n`;
  }

  /** The version that was meant by a name alone. */
  #onlyVersion(name: string): string | undefined {
    const [only] = this.#read.get(name) ?? [];
    return only && versionIn(only);
  }

  #written(id: string, { dependencies: read }: LockedPackage): { dependencies?: string[] } {
    const known = this.#dependencies.get(id);
    if (!known) {
      const named = read?.map((text) =>
        this.#read.has(text) && this.versionsOf(text).length > 1
          ? `${text}@${this.#onlyVersion(text)}`
          : text
      );
      return named ? { dependencies: named } : {};
    }
    if (Object.keys(known).length === 0) return {};
    const dependencies = Object.entries(known).map(([alias, target]) => {
      const name = nameOf(target);
      if (alias !== name) return `${alias}@npm:${target}`;
      return this.versionsOf(name).length === 1 ? name : target;
    });
    return { dependencies: dependencies.sort() };
  }
}

/** What is meant of a lock file, which may have come with a repository. */
function lockDocument(value: unknown): LockDocument {
  const { version, specifiers, npm, redirects, remote, ...others } = recordOf(value);
  const packages = Object.entries(recordOf(npm)).flatMap(([id, described]) => {
    const { integrity, tarball, dependencies } = recordOf(described);
    if (typeof integrity !== "string") return [];
    const locked: LockedPackage = {
      ...recordOf(described),
      integrity,
      tarball: textOf(tarball),
      ...(dependencies === undefined ? {} : { dependencies: listOf(dependencies) }),
    };
    return [[id, locked] as const];
  });
  const digests = Object.entries(textsOf(remote)).filter(([, text]) => /^[0-9a-f]{64}$/.test(text));
  return {
    version: textOf(version) ?? "",
    ...others,
    specifiers: specifiers === undefined ? undefined : textsOf(specifiers),
    npm: npm === undefined ? undefined : Object.fromEntries(packages),
    redirects: redirects === undefined ? undefined : textsOf(redirects),
    remote: remote === undefined ? undefined : Object.fromEntries(digests),
  };
}

/** The name in `NAME@VERSION`. */
function nameOf(id: string): string {
  return id.slice(0, id.indexOf("@", 1));
}

/** The version in `NAME@VERSION`, or in `NAME@VERSION_PEER@VERSION`. */
function versionIn(id: string): string {
  return id.slice(id.indexOf("@", 1) + 1).split("_")[0]!;
}

function sorted<T>(record: Record<string, T> | undefined): Record<string, T> | undefined {
  return record &&
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0));
}
