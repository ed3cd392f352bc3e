/** npm's own configuration: which registry serves which packages, and how to be let in. */
import { dirname, join, resolve } from "@std/path";
import { parse } from "ini";
import { readFileIfPresentSync } from "../../files/read_file.ts";

/** What npm's files and variables say, as far as fetching packages needs it. */
export interface NpmConfig {
  /** The default registry, without a slash at its end. */
  readonly registry: string;
  /** The registries of scopes, by `@scope`. */
  readonly scopes: Readonly<Record<string, string>>;
  /** Headers of credentials, by the start of the addresses that they are for. */
  readonly credentials: Readonly<Record<string, string>>;
  /** A proxy for all requests, beside those of the environment. */
  readonly proxy?: string;
  /** The hosts that it is not for, as NO_PROXY names them. */
  readonly direct?: readonly string[];
  /** A file of certificate authorities to trust beside the usual ones. */
  readonly certificates?: string;
}

/** Where to look; variables that are not there are `undefined`. */
export interface NpmSurroundings {
  /** Folders whose `.npmrc` counts, the strongest first. */
  readonly folders: readonly string[];
  readonly home?: string;
  env(name: string): string | undefined;
}

const PUBLIC_REGISTRY = "https://registry.npmjs.org";
/** JSR serves its packages in npm's form below this scope. */
const JSR_SCOPE = "@jsr";
const JSR_REGISTRY = "https://npm.jsr.io";
const OF_MACHINE = ["/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc"];

/**
 * Who carries requests and who is believed: with a project's word for it, its authors could read
 * what goes to the registries of others.
 */
const OF_CONNECTIONS = ["cafile", "proxy", "https-proxy", "noproxy"];

/** The files that npm reads, the strongest first. */
export function npmConfigFiles({ folders, home, env }: NpmSurroundings): string[] {
  const user = setting(env, "userconfig") ?? (home ? join(home, ".npmrc") : undefined);
  const machine = setting(env, "globalconfig");
  return [
    ...folders.map((folder) => join(folder, ".npmrc")),
    ...(user ? [user] : []),
    ...(machine ? [machine] : Deno.build.os === "windows" ? [] : OF_MACHINE),
  ];
}

/** Whether one of npm's files came with the project, and so may be somebody else's. */
export function isOfProject({ folders }: NpmSurroundings, file: string): boolean {
  return folders.includes(dirname(file));
}

/**
 * Whether a variable is for registries by its name: a project's file, which says where requests go
 * as well, is given no other.
 */
export function isForRegistries(name: string): boolean {
  return /^(NPM_|NODE_AUTH_TOKEN$)/.test(name);
}

/** The variables that npm's files name as `${NAME}`. Files that cannot be read count as absent. */
export function npmConfigVariables(files: readonly string[]): string[] {
  return files.flatMap((file) =>
    [...textOf(file).matchAll(/\$\{([^}?]+)\??\}/g)].map(([, name]) => name!)
  );
}

/** Reads npm's configuration; files that cannot be read count as absent. */
export function readNpmConfig(surroundings: NpmSurroundings): NpmConfig {
  const { env } = surroundings;
  const entries: Record<string, string> = {};
  const ofProject = new Set<string>();
  const unencrypted = new Set<string>();
  for (const file of npmConfigFiles(surroundings).reverse()) {
    const isTheirs = isOfProject(surroundings, file);
    const read = (name: string) => isTheirs && !isForRegistries(name) ? "" : env(name) ?? "";
    for (const [key, value] of Object.entries(parse(textOf(file)))) {
      if (typeof value !== "string" || value === "null") continue;
      if (isTheirs && OF_CONNECTIONS.includes(key)) continue;
      entries[key] = value.replaceAll(/\$\{([^}?]+)\??\}/g, (_, name) => read(name));
      if (key === "cafile") entries[key] = resolve(dirname(file), entries[key]);
      if (isTheirs) ofProject.add(key);
      else if (/^(@[^:]+:)?registry$/.test(key)) unencrypted.add(hostOf(entries[key]));
    }
  }
  const named = setting(env, "registry");
  if (named) unencrypted.add(hostOf(named));
  const registry = named ?? entries.registry;
  const scopes: Record<string, string> = { [JSR_SCOPE]: JSR_REGISTRY };
  for (const [key, value] of Object.entries(entries)) {
    if (/^@[^:]+:registry$/.test(key)) scopes[key.slice(0, -":registry".length)] = bare(value);
  }
  return {
    registry: bare(registry ?? PUBLIC_REGISTRY),
    scopes,
    credentials: credentialsOf(
      entries,
      (key, start) => ofProject.has(key) || unencrypted.has(hostOf(`http:${start}`)),
    ),
    proxy: setting(env, "https_proxy") ?? setting(env, "proxy") ?? entries["https-proxy"] ??
      entries.proxy,
    direct: (setting(env, "noproxy") ?? entries.noproxy ?? env("NO_PROXY") ?? env("no_proxy") ?? "")
      .split(","),
    certificates: setting(env, "cafile") ?? entries.cafile,
  };
}

/** The registry that serves a package. */
export function registryOf(config: NpmConfig, name: string): string {
  const scope = name.startsWith("@") ? name.split("/")[0]! : "";
  return config.scopes[scope] ?? config.registry;
}

/** The credentials for an address: those of the longest path that it lies below. */
export function authorizationFor(config: NpmConfig, url: string): string | undefined {
  // `//host` is no beginning of `//host.elsewhere`.
  const found = Object.keys(config.credentials)
    .filter((start) => `${url}/`.startsWith(start.endsWith("/") ? start : `${start}/`))
    .sort((a, b) => b.length - a.length)[0];
  return found && config.credentials[found];
}

/** `registry` is `npm_config_registry` in the environment, in either case. */
function setting(env: NpmSurroundings["env"], name: string): string | undefined {
  return env(`npm_config_${name}`) || env(`NPM_CONFIG_${name.toUpperCase()}`) || undefined;
}

/** The host that an address without encryption names; empty for all others. */
function hostOf(address: string): string {
  const { protocol, host } = URL.parse(address) ?? {};
  return protocol === "http:" ? host! : "";
}

/**
 * Keys such as `//host/path/:_authToken`. On its own word alone is a credential of the user sent
 * unencrypted: a project's file, or a lock file, could have it sent so that others read it.
 */
function credentialsOf(
  entries: Readonly<Record<string, string>>,
  mayBeRead: (key: string, start: string) => boolean,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(entries)) {
    const [, start, kind] = /^(\/\/.+):(_authToken|_auth|_password)$/.exec(key) ?? [];
    const header = start && headerOf(kind!, value, entries[`${start}:username`] ?? "");
    if (!header) continue;
    found[`https:${start}`] = header;
    if (mayBeRead(key, start)) found[`http:${start}`] = header;
  }
  return found;
}

function headerOf(kind: string, value: string, user: string): string | undefined {
  // What no header can hold is no credential.
  if (!value || /[^\x20-\x7e]/.test(value)) return undefined;
  if (kind === "_authToken") return `Bearer ${value}`;
  if (kind === "_auth") return `Basic ${value}`;
  const password = passwordOf(value);
  return password === undefined ? undefined : `Basic ${btoa(`${user}:${password}`)}`;
}

/** A password as bytes, which npm keeps in Base64. */
function passwordOf(base64: string): string | undefined {
  try {
    return atob(base64);
  } catch {
    return undefined;
  }
}

function bare(url: string): string {
  return url.replace(/\/+$/, "");
}

function textOf(file: string): string {
  try {
    return readFileIfPresentSync(file) ?? "";
  } catch {
    return "";
  }
}
