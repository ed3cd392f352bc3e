/**
 * Which invocation may touch what: one table, one row per command. The launcher turns a row into
 * Deno permissions for the worker; nothing else decides what the CLI can reach.
 */
import { basename, dirname, fromFileUrl, join, resolve } from "@std/path";
import { DEFAULT_PLATFORM_URL, readGlobalConfigSync } from "./config/global.ts";
import { updateFile } from "./config/paths.ts";
import { readProjectHostSync } from "./config/project.ts";
import { environmentVariable } from "./environment.ts";
import { UsageError } from "./errors.ts";
import type { Invocation } from "./invocation.ts";
import { ENV_FILES } from "./env_file.ts";
import { programFiles } from "./program.ts";
import { openerCommand } from "./account/login/opener.ts";
import { OWNER_FILE } from "./releases/owner.ts";
import { asidePath } from "./releases/replace.ts";
import { pagerCommand } from "./output/pager.ts";
import type { Session } from "./session.ts";
import { usualTarget } from "./storage/target_path.ts";

/** The hosts a row may name. `project` is the linked backend, `any` is for running functions. */
type Host = "platform" | "project" | "transfer" | "templates" | "releases" | "loopback" | "any";

/**
 * The files a row may name: an option's value (`--file`), the command's operands (`operands`), the
 * project's or the global folder, or a path below the project root.
 */
type File =
  | `-${string}`
  | "operands"
  | "--data @"
  | "deployed folder"
  | "functions folder"
  | "env files"
  | "project link"
  | "global files"
  | "update file"
  | "working directory"
  | "program"
  | "executable"
  | "kept input"
  | "download target"
  | `./${string}`;

/** The programs a row may start. */
type Program = "browser opener" | "this program" | "new executable" | "deno" | "pager";

interface Row {
  readonly hosts?: readonly Host[];
  readonly read?: readonly File[];
  readonly write?: readonly File[];
  readonly run?: readonly Program[];
}

const backend: Row = { hosts: ["project"], read: ["project link"] };
const account: Row = { hosts: ["platform"], read: ["global files"], write: ["global files"] };
const linking: Row = {
  hosts: ["platform", "project"],
  read: ["global files", "project link", "./.gitignore"],
  write: ["global files", "project link", "./.gitignore"],
};
const localControl: Row = {
  hosts: ["loopback"],
  read: ["project link", "./.insforge/local", "--data-dir", "./.gitignore"],
  write: ["project link", "./.insforge/local", "--data-dir", "./.gitignore"],
};

/** Every command that touches anything, by its path. A group's own row serves its commands. */
export const TABLE: Readonly<Record<string, Row>> = {
  login: { ...account, hosts: ["platform", "loopback"], run: ["browser opener"] },
  logout: account,
  whoami: account,
  list: account,
  current: {
    hosts: ["platform"],
    read: ["global files", "project link"],
    write: ["global files"],
  },
  create: {
    hosts: ["platform", "templates"],
    read: [...linking.read!, "working directory"],
    write: [...linking.write!, "working directory"],
  },
  link: linking,
  metadata: backend,
  db: backend,
  "db query": { ...backend, read: ["project link", "--file"] },
  functions: backend,
  "functions deploy": {
    ...backend,
    read: ["project link", "working directory", "--file"],
    run: ["deno"],
  },
  "functions serve": {
    hosts: ["project", "loopback"],
    read: ["project link", "working directory", "--env-file"],
    run: ["this program"],
  },
  "functions new": { write: ["functions folder"] },
  "functions invoke": { ...backend, read: ["project link", "--data @"] },
  "db migrations": { ...backend, read: ["project link", "./migrations"] },
  "db migrations new": { write: ["./migrations"] },
  "db import": {
    ...backend,
    read: ["project link", "operands", "kept input"],
    write: ["kept input"],
  },
  "db shell": {
    ...backend,
    read: ["project link", "global files"],
    write: ["global files"],
  },
  "db types": { ...backend, write: ["-o", "--output"] },
  "db export": { ...backend, write: ["-o", "--output"] },
  logs: backend,
  schedules: backend,
  storage: backend,
  "storage upload": {
    hosts: ["project", "transfer"],
    read: ["project link", "operands", "kept input"],
    write: ["kept input"],
  },
  "storage download": {
    hosts: ["project", "transfer"],
    read: ["project link"],
    write: ["download target"],
  },
  secrets: backend,
  "secrets add": { ...backend, read: ["project link", "--env-file"] },
  "secrets rotate": { ...backend, write: ["project link"] },
  docs: { ...backend, write: ["--man"], run: ["pager"] },
  open: { ...backend, run: ["browser opener"] },
  deployments: backend,
  "deployments open": { ...backend, run: ["browser opener"] },
  "deployments env set": { ...backend, read: ["project link", "--env-file"] },
  "deployments deploy": {
    hosts: ["project", "transfer"],
    read: ["project link", "deployed folder", "env files"],
  },
  upgrade: {
    hosts: ["releases"],
    read: ["executable", "update file"],
    write: ["executable", "update file"],
    run: ["new executable"],
  },
  "local start": { ...localControl, run: ["this program"] },
  "local serve": {
    hosts: ["any"],
    read: ["project link", "./.insforge/local", "--data-dir", "program"],
    write: ["./.insforge/local", "--data-dir"],
    run: ["this program"],
  },
  "local status": localControl,
  "local stop": localControl,
  "local reset": { ...localControl, run: ["this program"] },
};

/** The environment variables that the CLI may read; the worker cannot see any other. */
export const VARIABLES: readonly string[] = [
  "INSFORGE_*",
  "CI",
  "NO_COLOR",
  "TERM",
  "SSH_CONNECTION",
  "SSH_TTY",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "PAGER",
  "LESS",
  "TEMP",
  "TMPDIR",
];

/** What the worker of one invocation holds. Paths are absolute, hosts are `name:port`. */
export interface Grants {
  readonly command: string;
  readonly permissions: {
    net: true | string[];
    read: string[];
    write: string[];
    env: string[];
    run: string[];
    sys: false;
    ffi: false;
    import: false;
  };
}

/** Object stores that a backend's presigned transfer URLs lead to. */
const TRANSFER_HOSTS = ["*.amazonaws.com:443", "*.cloudfront.net:443"];
const TEMPLATE_HOSTS = ["codeload.github.com:443"];
const RELEASE_HOSTS = [
  "github.com:443",
  "objects.githubusercontent.com:443",
  "release-assets.githubusercontent.com:443",
];

/** Works out the grants of an invocation. Needs the launcher's permissions to read the files. */
export function grantsFor(invocation: Invocation, session: Session): Grants {
  const { command, row } = findRow(invocation.operands);
  const scope: Scope = {
    invocation,
    session,
    operands: invocation.operands.slice(command ? command.split(" ").length : 0),
  };
  const effective = command && row.hosts?.includes("project") ? withPlatformFallback(row) : row;
  const read = effective.read?.flatMap((file) => pathsOf(file, scope, "read")) ?? [];
  const write = effective.write?.flatMap((file) => pathsOf(file, scope, "write")) ?? [];
  return {
    command,
    permissions: {
      net: hostsOf(effective.hosts ?? [], scope),
      read: unique([...read, ...write]),
      write: unique(write),
      env: [...VARIABLES],
      run: effective.run?.flatMap((program) => programsOf(program, session)) ?? [],
      sys: false,
      ffi: false,
      import: false,
    },
  };
}

interface Scope {
  readonly invocation: Invocation;
  readonly session: Session;
  /** The operands behind the command path. */
  readonly operands: readonly string[];
}

function findRow(operands: readonly string[]): { command: string; row: Row } {
  for (const length of [3, 2, 1]) {
    const command = operands.slice(0, length).join(" ");
    const row = operands.length >= length && Object.hasOwn(TABLE, command)
      ? TABLE[command]
      : undefined;
    if (row) return { command, row };
  }
  return { command: "", row: {} };
}

/** `INSFORGE_PROJECT_ID` is resolved over the platform, with the account's own files. */
function withPlatformFallback(row: Row): Row {
  if (!environmentVariable("INSFORGE_PROJECT_ID")) return row;
  return {
    ...row,
    hosts: [...row.hosts ?? [], "platform"],
    read: [...row.read ?? [], "global files"],
    write: [...row.write ?? [], "global files"],
  };
}

function hostsOf(hosts: readonly Host[], scope: Scope): true | string[] {
  if (hosts.includes("any")) return true;
  if (hosts.length === 0) return [];
  const config = readGlobalConfigSync(scope.session.globalFolder);
  const named = hosts.flatMap((host) => addressesOf(host, scope, config.platform_api_url));
  const extra = [
    ...trusted(environmentVariable("INSFORGE_ALLOW_HOSTS")?.split(","), "INSFORGE_ALLOW_HOSTS"),
    ...trusted(config.allowed_hosts, '"allowed_hosts" in ~/.insforge/config.json'),
  ];
  // A request to what cannot be a host fails by itself, and is described better there.
  return unique([...named.filter(isHost), ...extra]);
}

/** The hosts that a user trusts; `source` says where. @throws {UsageError} */
function trusted(hosts: readonly string[] = [], source: string): string[] {
  return hosts.map((host) => host.trim()).filter(Boolean).map((host) => {
    if (isHost(host)) return host;
    throw new UsageError(`${source} holds what is no host: ${JSON.stringify(host)}.`, {
      hint: "Name hosts with or without a port, such as example.com or example.com:8443.",
    });
  });
}

/** Whether a text can be granted: a name, `*.` and a name, or an address, each with or without a port. */
function isHost(host: string): boolean {
  return /^(\[[\da-f:.]+\]|(\*\.)?\w([\w-]{0,61}\w)?(\.\w([\w-]{0,61}\w)?)*\.?)(:\d+)?$/i.test(
    host,
  ) &&
    host.length <= 253 && !/\d\.(:\d+)?$/.test(host) &&
    URL.canParse(`http://${host.replace("*.", "")}`);
}

function addressesOf(host: Host, scope: Scope, platformUrl?: string): string[] {
  const option = (name: string) => scope.invocation.values.get(name)?.at(-1);
  switch (host) {
    case "platform":
      return address(
        option("--api-url") ?? environmentVariable("INSFORGE_API_URL") ?? platformUrl ??
          DEFAULT_PLATFORM_URL,
      );
    case "project":
      return [
        ...address(option("--api-base-url")),
        ...address(environmentVariable("INSFORGE_BASE_URL")),
        ...address(readProjectHostSync(scope.session.projectRoot)),
        ...(environmentVariable("INSFORGE_PROJECT_ID") ||
            scope.invocation.operands[0] === "create" ||
            scope.invocation.operands[0] === "link"
          ? ["*.insforge.app:443"]
          : []),
      ];
    case "transfer":
      return TRANSFER_HOSTS;
    case "templates":
      return [...TEMPLATE_HOSTS, ...address(environmentVariable("INSFORGE_TEMPLATES_URL"))];
    case "releases":
      return [...RELEASE_HOSTS, ...address(environmentVariable("INSFORGE_DOWNLOAD_URL"))];
    case "loopback":
      return ["127.0.0.1"];
    case "any":
      return [];
  }
}

/** The `host:port` of a URL; nothing for text that is no URL (the command will say so). */
function address(url: string | undefined): string[] {
  if (!url) return [];
  try {
    const { hostname, port, protocol } = new URL(url);
    return [`${hostname}:${port || (protocol === "http:" ? 80 : 443)}`];
  } catch {
    return [];
  }
}

function pathsOf(file: File, scope: Scope, access: "read" | "write"): string[] {
  const { session, invocation } = scope;
  switch (file) {
    case "operands":
      return scope.operands.flatMap((path) => withPartial(session.cwd, path, access));
    case "deployed folder":
      return withRealPath(resolve(session.cwd, scope.operands[0] ?? "."));
    case "env files":
      return [session.cwd, session.projectRoot]
        .flatMap((folder) => ENV_FILES.map((name) => join(folder, name)));
    case "functions folder":
      return [join(session.cwd, "insforge")];
    case "--data @":
      return (invocation.values.get("--data") ?? []).flatMap((value) =>
        value.startsWith("@") ? [resolve(session.cwd, value.slice(1))] : []
      );
    case "project link":
      return [join(session.projectRoot, ".insforge")];
    case "global files":
      return session.globalFolder ? [session.globalFolder] : [];
    case "update file":
      return session.globalFolder
        ? withPartial(session.cwd, updateFile(session.globalFolder), access)
        : [];
    case "working directory":
      return [session.cwd];
    case "program":
      return [fromFileUrl(programFiles)];
    case "executable": {
      const executable = Deno.realPathSync(Deno.execPath());
      return [
        ...withPartial(session.cwd, executable, "write"),
        asidePath(executable),
        ...(access === "read" ? [Deno.execPath(), join(dirname(executable), OWNER_FILE)] : []),
      ];
    }
    case "download target":
      return downloadTargets(scope);
    case "kept input":
      return [keptInputPath()];
  }
  if (file.startsWith("./")) return [join(session.projectRoot, file)];
  return (invocation.values.get(file) ?? [])
    .flatMap((path) => withPartial(session.cwd, path, access));
}

/** A folder by its name and, where links are part of that, by the place that they lead to. */
function withRealPath(folder: string): string[] {
  try {
    return [folder, Deno.realPathSync(folder)];
  } catch {
    return [folder];
  }
}

/** A file is written beside its final name first: the grant covers both. */
function withPartial(cwd: string, path: string, access: "read" | "write"): string[] {
  if (path === "-") return [];
  const target = resolve(cwd, path);
  return access === "write" ? [target, partialPath(target)] : [target];
}

/** The most bytes of a name to which `partialPath` and `partialTagPath` add theirs: systems take 255. */
const MAX_NAME_BYTES = 232;

/** The name under which a file is written until it is whole. */
export function partialPath(target: string): string {
  return join(dirname(target), `.${shortened(basename(target))}.insforge-partial`);
}

/** A name that is too long is cut, and told from others by a hash (FNV-1a). */
function shortened(name: string): string {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= MAX_NAME_BYTES) return name;
  const hash = bytes.reduce(
    (hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n),
    0xcbf29ce484222325n,
  );
  const start = new TextDecoder().decode(bytes.subarray(0, MAX_NAME_BYTES - 20), { stream: true });
  return `${start}-${hash.toString(36)}`;
}

/** Where the version of an object is kept whose download is under way. */
export function partialTagPath(target: string): string {
  return `${partialPath(target)}.etag`;
}

/** Where `storage download` writes: the folder or file that is named, else the key's base name. */
function downloadTargets({ session, invocation, operands }: Scope): string[] {
  const named = ["--output", "-o"].flatMap((name) => invocation.values.get(name) ?? []);
  if (named.length === 0 && invocation.flags.has("--recursive")) return [session.cwd];
  const usual = usualTarget(session.cwd, operands[0] ?? "");
  const paths = named.length > 0 ? named : usual ? [usual] : [];
  return paths.flatMap((path) => {
    const written = withPartial(session.cwd, path, "write");
    return written.length > 0 ? [...written, partialTagPath(resolve(session.cwd, path))] : [];
  });
}

/** The file in which this process keeps a stream that it has to read twice. */
export function keptInputPath(): string {
  const folder = environmentVariable("TMPDIR") ?? environmentVariable("TEMP") ?? "/tmp";
  return join(folder, `insforge-input-${Deno.pid}`);
}

function programsOf(program: Program, session: Session): string[] {
  switch (program) {
    case "this program":
      return [session.self[0]!];
    case "new executable":
      return [partialPath(Deno.realPathSync(Deno.execPath()))];
    case "deno":
      return ["deno"];
    case "pager":
      return pagerCommand(environmentVariable).slice(0, 1);
    case "browser opener":
      return [openerCommand(Deno.build.os)[0]];
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
