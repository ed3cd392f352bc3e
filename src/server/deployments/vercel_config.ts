import { type Key, pathToRegexp } from "path-to-regexp";
import { requireSteady } from "./steady_pattern.ts";
import { capturedBy, type Conditions, conditionsOf } from "./vercel_conditions.ts";
import { parseRoutes, type Route } from "./vercel_routes.ts";

/** What `vercel.json` of a site says about how it is served: the parts that need no build. */
export interface SiteConfig {
  /** `/about` serves `about.html`, whose own address redirects there. */
  readonly cleanUrls: boolean;
  /** Whether addresses end in a slash; where absent, both forms are answered. */
  readonly trailingSlash?: boolean;
  /** The folder of the site within the deployment. */
  readonly outputDirectory: string;
  /** Applied where no file answers: the address changes, what the visitor sees does not. */
  readonly rewrites: readonly Rule[];
  readonly redirects: readonly (Rule & { readonly status: number })[];
  readonly headers: readonly HeaderRule[];
  /** The legacy list, which stands for all of the rules above. */
  readonly routes?: readonly Route[];
  /** What the file asks for that only the hosting does, as one would name it. */
  readonly notFollowed: readonly string[];
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
  readonly conditions: Conditions;
  readonly destination: string;
}

export interface HeaderRule {
  readonly source: Source;
  readonly conditions: Conditions;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The configuration of a site that has none. */
export const NO_CONFIG: SiteConfig = {
  cleanUrls: false,
  outputDirectory: "",
  rewrites: [],
  redirects: [],
  headers: [],
  notFollowed: [],
};

/** Parts of the file that take a build or a server of the hosting's. */
const HOSTING_ONLY = ["builds", "crons", "functions", "images", "bulkRedirectsPath"];
/** What the legacy list stands for, and cannot stand beside. */
const NOT_BESIDE_ROUTES = ["rewrites", "redirects", "headers", "cleanUrls", "trailingSlash"];

/** Reads the configuration. @throws {Error} naming the part that cannot be understood */
export function parseVercelConfig(text: string): SiteConfig {
  const config = objectOf(JSON.parse(text.replace(/^\ufeff/, "")), "vercel.json");
  const trailingSlash = switchOf(config, "trailingSlash");
  const rewrites = listOf(config.rewrites, "rewrites").map((entry) => ruleOf(entry, "rewrites"));
  const legacy = config.routes === undefined ? undefined : legacyRoutes(config);
  return {
    ...(trailingSlash === undefined ? {} : { trailingSlash }),
    ...(legacy ? { routes: legacy.routes } : {}),
    notFollowed: [
      ...HOSTING_ONLY.filter((part) => config[part] !== undefined),
      ...(rewrites.some(({ destination }) => isElsewhere(destination))
        ? ["rewrites to other hosts"]
        : []),
      ...(legacy?.notFollowed ?? []),
    ],
    cleanUrls: switchOf(config, "cleanUrls") ?? false,
    outputDirectory: folderOf(config.outputDirectory),
    rewrites,
    redirects: listOf(config.redirects, "redirects").map((entry) => ({
      ...ruleOf(entry, "redirects"),
      status: redirectStatus(entry),
    })),
    headers: listOf(config.headers, "headers").map((entry) => ({
      source: patternOf(entry.source, "headers"),
      conditions: conditionsOf(entry, "headers"),
      headers: listOf(entry.headers, "headers").map(headerOf),
    })),
  };
}

/** Where a rule leads a request, or nothing when it does not match. */
export function destinationOf(
  { source, conditions, destination }: Rule,
  path: string,
  request: Request,
): string | undefined {
  return filling(source, conditions, path, request)?.(destination);
}

/** The headers that a rule sets for a request: none when it does not match. */
export function headersOf(
  { source, conditions, headers }: HeaderRule,
  path: string,
  request: Request,
): HeaderRule["headers"] {
  const fill = filling(source, conditions, path, request);
  return fill ? headers.map(([name, value]) => [fill(name), fill(value)] as const) : [];
}

/**
 * Puts what a request matched into a text, where that stands for it; undefined where it does not
 * match.
 */
function filling(
  { expression, names }: Source,
  conditions: Conditions,
  path: string,
  request: Request,
): ((text: string) => string) | undefined {
  const match = expression.exec(path);
  const named = match && capturedBy(conditions, request);
  if (!named) return undefined;
  const captured = match.slice(1);
  return (text) =>
    text.replace(
      // A question mark behind a name begins the query.
      /:([A-Za-z_]\w*)[*+]?|\$(\d+)/g,
      (whole, name: string | undefined, position: string | undefined) => {
        const index = name === undefined ? Number(position) - 1 : names.indexOf(name);
        if (index in names) return captured[index] ?? "";
        return name !== undefined && Object.hasOwn(named, name) ? named[name]! : whole;
      },
    );
}

/** Whether a destination is on another host. */
export function isElsewhere(destination: string): boolean {
  return /^https?:/.test(destination);
}

type Entry = Record<string, unknown>;

function ruleOf(entry: Entry, part: string): Rule {
  if (typeof entry.destination !== "string") {
    throw new Error(`${part} has an entry without a destination`);
  }
  return {
    source: patternOf(entry.source, part),
    conditions: conditionsOf(entry, part),
    destination: entry.destination,
  };
}

function legacyRoutes(config: Entry): ReturnType<typeof parseRoutes> {
  const beside = NOT_BESIDE_ROUTES.find((part) => config[part] !== undefined);
  if (beside) throw new Error(`routes cannot stand beside ${beside}`);
  return parseRoutes(listOf(config.routes, "routes"));
}

function patternOf(source: unknown, part: string): Source {
  if (typeof source !== "string") throw new Error(`${part} has an entry without a source`);
  const keys: Key[] = [];
  let expression: RegExp;
  try {
    expression = pathToRegexp(source, keys, { strict: true, sensitive: true });
  } catch {
    throw new Error(`${part} has a source that is no pattern: ${source}`);
  }
  return { expression: requireSteady(expression, part), names: keys.map(({ name }) => name) };
}

function headerOf({ key, value }: Entry): readonly [name: string, value: string] {
  try {
    // What stands for a part of the path is filled in later.
    new Headers([[String(key).replaceAll(":", ""), String(value)]]);
  } catch {
    throw new Error(`headers has what is no header: ${JSON.stringify(`${key}: ${value}`)}`);
  }
  return [String(key), String(value)];
}

function redirectStatus({ statusCode, permanent }: Entry): number {
  if ([301, 302, 303, 307, 308].includes(statusCode as number)) return statusCode as number;
  if (statusCode !== undefined) {
    throw new Error(`redirects has an entry with the status ${statusCode}, which leads nowhere`);
  }
  return permanent === false ? 307 : 308;
}

function switchOf(config: Entry, part: string): boolean | undefined {
  const value = config[part];
  if (value === undefined || typeof value === "boolean") return value;
  throw new Error(`${part} is neither true nor false`);
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
