/**
 * What the specifiers of imports mean: the schemes that Deno knows, and the packages behind CDNs.
 */

/** A package of npm: its name, the range of its versions and the path in it. */
export interface PackageSpecifier {
  readonly name: string;
  readonly range: string;
  readonly subpath: string;
}

/** Reads `npm:NAME@RANGE/path`, and `jsr:` as what JSR serves in npm's form. */
export function packageSpecifier(specifier: string): PackageSpecifier | undefined {
  const [, scheme, text] = /^(npm|jsr):\/?(.+)$/.exec(specifier) ?? [];
  const [, name, range = "", subpath = ""] =
    /^((?:@[^/@]+\/)?[^/@]+)(?:@([^/]+))?(?:\/(.*))?$/.exec(text ?? "") ?? [];
  if (!name) return undefined;
  return scheme === "npm"
    ? { name, range, subpath }
    : { name: `@jsr/${name.replace(/^@/, "").replace("/", "__")}`, range, subpath };
}

/** The package and path that a bare specifier such as `@scope/name/path` names. */
export function bareSpecifier(specifier: string): { name: string; subpath: string } | undefined {
  const [, name, subpath = ""] = /^((?:@[^/]+\/)?[^/@.:][^/:]*)(?:\/(.*))?$/.exec(specifier) ?? [];
  return name ? { name, subpath } : undefined;
}

/** What esm.sh has compiled of a package: `NAME@VERSION/es2022/NAME.mjs`. */
const BUILT = /^(@[^/]+\/)?[^/]+\/(X-[^/]+\/)?(es20\d\d|esnext|deno(next)?|node)\/.*\.m?js$/;

/** Queries of esm.sh that change nothing of what a package does. */
const HARMLESS = ["target", "dts", "no-dts", "no-check", "pin", "bundle", "dev", "standalone"];

/**
 * The package of npm that an address of esm.sh serves: it is taken from npm itself, with its
 * integrity. Addresses that ask for more than a package are left as they are.
 */
export function packageOfCdn(address: string): string | undefined {
  const { host, pathname, searchParams } = new URL(address);
  if (host !== "esm.sh") return undefined;
  if ([...searchParams.keys()].some((key) => !HARMLESS.includes(key))) return undefined;
  const path = decoded(pathname)?.replace(/^\/(v\d+|stable)\//, "/").slice(1);
  if (path === undefined) return undefined;
  if (/^(gh|jsr|pr)\/|^[*~]/.test(path) || BUILT.test(path)) return undefined;
  return packageSpecifier(`npm:${path}`) && `npm:${path}`;
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** The deprecated server of Deno's standard library, which does what `Deno.serve` does. */
export function isStandardServer(address: string): boolean {
  return /^https:\/\/deno\.land\/std(@[^/]+)?\/http\/server\.ts$/.test(address);
}

/** Whether a module can only hold types: nothing of it is there when a function runs. */
export function isTypesOnly(specifier: string): boolean {
  return /\.d\.[cm]?ts($|\?)/.test(specifier);
}
