import { type Key, pathToRegexp } from "path-to-regexp";

/** What `vercel.json` of a site says about how it is served: the parts that need no build. */
export interface SiteConfig {
  /** `/about` serves `about.html`, whose own address redirects there. */
  readonly cleanUrls: boolean;
  /** The folder of the site within the deployment. */
  readonly outputDirectory: string;
  /** Applied where no file answers: the address changes, what the visitor sees does not. */
  readonly rewrites: readonly Rule[];
  readonly redirects: readonly (Rule & { readonly status: number })[];
  readonly headers: readonly HeaderRule[];
}

/** A pattern of paths in the syntax of path-to-regexp, such as `/posts/:id` or `/((?!api/).*)`. */
export interface Source {
  readonly expression: RegExp;
  /** The names of what the pattern captures, in order; unnamed ones are numbers. */
  readonly names: readonly (string | number)[];
}

/** Leads paths that match to another one; `:name` and `$1` stand for what matched. */
export interface Rule {
  readonly source: Source;
  readonly destination: string;
}

export interface HeaderRule {
  readonly source: Source;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The configuration of a site that has none. */
export const noConfig: SiteConfig = {
  cleanUrls: false,
  outputDirectory: "",
  rewrites: [],
  redirects: [],
  headers: [],
};

/** Reads the configuration. @throws {Error} naming the part that cannot be understood */
export function parseVercelConfig(text: string): SiteConfig {
  const config = objectOf(JSON.parse(text), "vercel.json");
  return {
    cleanUrls: config.cleanUrls === true,
    outputDirectory: folderOf(config.outputDirectory),
    rewrites: listOf(config.rewrites, "rewrites").map((entry) => ruleOf(entry, "rewrites")),
    redirects: listOf(config.redirects, "redirects").map((entry) => ({
      ...ruleOf(entry, "redirects"),
      status: redirectStatus(entry),
    })),
    headers: listOf(config.headers, "headers").map((entry) => ({
      source: patternOf(entry.source, "headers"),
      headers: listOf(entry.headers, "headers")
        .map(({ key, value }) => [String(key), String(value)] as const),
    })),
  };
}

/** Where a rule leads a path, or nothing when it does not match. */
export function destinationOf({ source, destination }: Rule, path: string): string | undefined {
  const match = source.expression.exec(path);
  if (!match) return undefined;
  const captured = match.slice(1);
  return destination.replace(
    /:([A-Za-z_]\w*)[*+?]?|\$(\d+)/g,
    (whole, name: string | undefined, position: string | undefined) => {
      const index = name === undefined ? Number(position) - 1 : source.names.indexOf(name);
      return index in source.names ? captured[index] ?? "" : whole;
    },
  );
}

type Entry = Record<string, unknown>;

function ruleOf(entry: Entry, part: string): Rule {
  if (typeof entry.destination !== "string") {
    throw new Error(`${part} has an entry without a destination`);
  }
  return { source: patternOf(entry.source, part), destination: entry.destination };
}

function patternOf(source: unknown, part: string): Source {
  if (typeof source !== "string") throw new Error(`${part} has an entry without a source`);
  try {
    const keys: Key[] = [];
    const expression = pathToRegexp(source, keys, { strict: true, sensitive: true });
    return { expression, names: keys.map(({ name }) => name) };
  } catch {
    throw new Error(`${part} has a source that is no pattern: ${source}`);
  }
}

function redirectStatus({ statusCode, permanent }: Entry): number {
  if ([301, 302, 303, 307, 308].includes(statusCode as number)) return statusCode as number;
  return permanent === false ? 307 : 308;
}

function folderOf(value: unknown): string {
  if (typeof value !== "string") return "";
  return value.replace(/^\.?\/+/, "").replace(/\/+$/, "").replace(/^\.$/, "");
}

function listOf(value: unknown, part: string): Entry[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Error(`${part} is no list`);
  return value.map((entry) => objectOf(entry, part));
}

function objectOf(value: unknown, part: string): Entry {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Entry;
  throw new Error(`${part} holds something that is no object`);
}
