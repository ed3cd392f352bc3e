import { forEachParallel } from "../../core/parallel.ts";
import { PackageError } from "./errors.ts";
import type { Lock } from "./lock_file.ts";
import { isForPlatform } from "./package_files.ts";
import type { Manifest, Registry } from "./registry.ts";

const WIDTH = 8;

/** Packages that the import of one can bring; a registry may name others without end. */
const MOST_PACKAGES = 2000;
/** Characters of a range of versions, which is taken apart for each of them. */
const LONGEST_RANGE = 1024;

/** A name and the versions that will do. */
interface Wanted {
  readonly name: string;
  readonly range: string;
}

/** A dependency that has no version yet. */
interface Edge {
  readonly parent: Record<string, string>;
  readonly alias: string;
  readonly wanted: Wanted;
  /** Whether the package does without. */
  readonly isOptional: boolean;
}

/** Which version of which package each import leads to: what the lock says, else the newest. */
export class PackageTree {
  readonly #lock: Lock;
  readonly #registry: Registry;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(lock: Lock, registry: Registry) {
    this.#lock = lock;
    this.#registry = registry;
  }

  /** The `NAME@VERSION` that a function's own import stands for. @throws {PackageError} */
  async resolve(name: string, range: string): Promise<string> {
    const key = `npm:${name}${range ? `@${range}` : ""}`;
    const locked = this.#lock.versionOf(key);
    if (locked && this.#lock.package(`${name}@${locked}`)) return `${name}@${locked}`;
    // One after the other: what one adds, the next may share.
    const turn = this.#turn.then(() => this.#add(key, { name, range: range || "*" }));
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  /** What a package imports by a name; `undefined` for what it does not declare. */
  dependency(id: string, name: string): string | undefined {
    return this.#lock.dependenciesOf(id)[name];
  }

  /**
   * A package of this name that is there for another: what is not declared is found among those.
   */
  anyOf(name: string): string | undefined {
    const version = this.#lock.versionsOf(name)[0];
    return version && `${name}@${version}`;
  }

  async #add(key: string, wanted: Wanted): Promise<string> {
    const top: Record<string, string> = {};
    let level: Edge[] = [{ parent: top, alias: wanted.name, wanted, isOptional: false }];
    let count = 0;
    while (level.length > 0) {
      const names = new Set(level.map(({ wanted }) => wanted.name));
      count += names.size;
      if (count > MOST_PACKAGES) throw tooMany(wanted.name);
      await forEachParallel(names, WIDTH, async (name) => {
        await this.#registry.packument(name).catch(() => {});
      });
      const next: Edge[] = [];
      for (const { parent, alias, wanted, isOptional } of level) {
        const version = await this.#versionFor(wanted).catch((error) => {
          if (!isOptional) throw error;
        });
        if (version === undefined) continue;
        const id = parent[alias] = `${wanted.name}@${version}`;
        if (!this.#lock.package(id)) next.push(...await this.#lockVersion(wanted.name, version));
      }
      level = next;
    }
    const id = top[wanted.name]!;
    this.#lock.setVersion(key, id.slice(wanted.name.length + 1));
    return id;
  }

  /** Adds a version, and answers its dependencies. */
  async #lockVersion(name: string, version: string): Promise<Edge[]> {
    const id = `${name}@${version}`;
    const manifest = (await this.#registry.packument(name)).versions[version]!;
    const tarball = this.#registry.tarballOf(name, manifest);
    const parent: Record<string, string> = {};
    this.#lock.add(id, {
      integrity: integrityOf(id, manifest),
      ...(tarball === this.#registry.usualTarball(name, version) ? {} : { tarball }),
    }, parent);
    const { optionalDependencies = {} } = manifest;
    return Object.entries(askedBy(manifest)).map(([alias, range]) => ({
      parent,
      alias,
      wanted: wantedOf(id, alias, range),
      isOptional: Object.hasOwn(optionalDependencies, alias),
    }));
  }

  /** A version that is there already, else the tagged or newest one that will do. */
  async #versionFor({ name, range }: Wanted): Promise<string> {
    const { default: { maxSatisfying, satisfies, validRange } } = await import("semver");
    const packument = await this.#registry.packument(name);
    const tagged = packument["dist-tags"][range];
    if (tagged && packument.versions[tagged]) return tagged;
    if (range.length > LONGEST_RANGE || validRange(range) === null) {
      throw absent(name, range, packument["dist-tags"].latest);
    }
    const shared = maxSatisfying(this.#lock.versionsOf(name), range);
    if (shared && packument.versions[shared]) return shared;
    const { latest } = packument["dist-tags"];
    if (latest && satisfies(latest, range) && packument.versions[latest]) return latest;
    const versions = Object.keys(packument.versions);
    const current = versions.filter((version) => !packument.versions[version]!.deprecated);
    const found = maxSatisfying(current, range) ?? maxSatisfying(versions, range) ??
      // Where there are only previews.
      (range === "*" ? latest : undefined);
    if (found) return found;
    throw absent(name, range, latest);
  }
}

function tooMany(name: string): PackageError {
  return new PackageError(`npm:${name} depends on more than ${MOST_PACKAGES} packages.`, {
    hint: "Choose a package that is made for edge functions.",
  });
}

function absent(name: string, range: string, latest?: string): PackageError {
  return new PackageError(`There is no version ${range.slice(0, LONGEST_RANGE)} of npm:${name}.`, {
    hint: latest && `The latest one is ${latest}.`,
  });
}

/** What a package asks for, peers that are not optional included; nothing native. */
function askedBy(manifest: Manifest): Record<string, string> {
  const { dependencies, optionalDependencies, peerDependencies = {} } = manifest;
  const { peerDependenciesMeta = {} } = manifest;
  const peers = Object.entries(peerDependencies)
    .filter(([name]) => !peerDependenciesMeta[name]?.optional);
  const all = { ...Object.fromEntries(peers), ...dependencies, ...optionalDependencies };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !isForPlatform(name)));
}

function wantedOf(id: string, alias: string, range: string): Wanted {
  const [, name, aliased = "*"] = /^npm:(@?[^@]+)(?:@(.+))?$/.exec(range) ?? [];
  if (name) return { name, range: aliased };
  if (!/^(git|https?|file|link|workspace|github)[:+]|^[\w.-]+\/[\w.-]+/.test(range)) {
    return { name: alias, range: range.trim() || "*" };
  }
  throw new PackageError(
    `npm:${id} depends on ${alias} from ${range}, which is no registry.`,
    { hint: "Choose a version of it whose dependencies are published." },
  );
}

function integrityOf(id: string, { dist }: Manifest): string {
  if (dist.integrity) return dist.integrity;
  if (dist.shasum) return `sha1-${Uint8Array.fromHex(dist.shasum).toBase64()}`;
  throw new PackageError(`The registry does not say the integrity of npm:${id}.`);
}
