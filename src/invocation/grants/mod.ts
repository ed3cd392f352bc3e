/**
 * Works out what one invocation may touch. The launcher hands it to the worker as Deno permissions;
 * nothing else decides what the CLI can reach.
 */
import { openerCommand } from "../../terminal/browser.ts";
import { namedProject } from "../../config/target.ts";
import { environmentVariable } from "../../core/environment.ts";
import { placesOf } from "./files.ts";
import { hostsOf } from "./hosts.ts";
import type { Grants } from "./grants.ts";
import type { Program, Reach } from "./reach.ts";
import { DENO_VARIABLES } from "../deno_environment.ts";
import { npmSurroundings } from "../function_sources.ts";
import {
  isForRegistries,
  isOfProject,
  npmConfigFiles,
  npmConfigVariables,
} from "../../shared/packages/npm_config.ts";
import { pagerCommand } from "../../terminal/pager.ts";
import { programsIn } from "../../shared/postgres/programs.ts";
import type { LaunchFacts } from "../launch_facts.ts";
import { partialPath } from "../../files/temporary_paths.ts";

/** The environment variables that the CLI may read; the worker cannot see any other. */
export const READABLE_VARIABLES: readonly string[] = [
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

/**
 * Works out the grants of an invocation. Needs the launcher's permissions to read the files.
 * @throws {CliError} for a file or folder that no command may use, such as a link that leads out
 */
export function grantsFor(launch: LaunchFacts): Grants {
  const reach = withApproval(withToldHosts(withPlatformFallback(launch)), launch);
  const { hosts = [], read = [], write = [], run = [] } = reach;
  const written = write.flatMap((file) => placesOf(file, launch, "write"));
  const places = [...read.flatMap((file) => placesOf(file, launch, "read")), ...written];
  return {
    places: Object.fromEntries(
      places.filter(({ name, path }) => name !== path).map(({ name, path }) => [name, path]),
    ),
    command: launch.invocation.command.join(" "),
    permissions: {
      net: hostsOf(hosts, launch),
      read: unique(places.map(({ path }) => path)),
      write: unique(written.map(({ path }) => path)),
      env: [
        ...READABLE_VARIABLES,
        ...(read.includes("npm configuration") ? npmVariables(launch) : []),
        ...(run.includes("deno") ? DENO_VARIABLES : []),
      ],
      run: run.flatMap((program) => programsOf(program, launch)),
      sys: false,
      ffi: false,
      import: false,
    },
  };
}

/** A project that is named is resolved over the platform, with the account's own files. */
function withPlatformFallback(launch: LaunchFacts): Reach {
  const { reach } = launch.invocation;
  const { hosts = [], read = [], write = [] } = reach;
  if (!hosts.includes("project") || !namedProject(launch, environmentVariable)) {
    return reach;
  }
  return {
    ...reach,
    hosts: [...hosts, "platform"],
    read: [...read, "global files"],
    write: [...write, "global files"],
  };
}

/** A person approves on a page of this machine, and the decision is noted. */
function withApproval(reach: Reach, { isGuarded }: LaunchFacts): Reach {
  if (!isGuarded) return reach;
  const { hosts = [], write = [], run = [] } = reach;
  return {
    ...reach,
    hosts: [...hosts, "loopback"],
    write: [...write, "guard audit"],
    run: [...run, "browser opener"],
  };
}

/** That the user was told of a host is kept, so that it is told once. */
function withToldHosts(reach: Reach): Reach {
  if (!reach.hosts?.includes("project")) return reach;
  return { ...reach, write: [...reach.write ?? [], "told hosts"] };
}

/**
 * npm's own variables, and those that its files name. The files of a project say where requests go
 * as well: they get tokens for registries, and no other secret of the environment.
 */
function npmVariables(launch: LaunchFacts): string[] {
  const config = npmSurroundings(launch, environmentVariable);
  const files = npmConfigFiles(config);
  const forRegistries = npmConfigVariables(files.filter((file) => isOfProject(config, file)))
    .filter(isForRegistries);
  const ofUser = files.filter((file) => !isOfProject(config, file));
  return [
    ...["npm_config_*", "NPM_CONFIG_*", "NO_PROXY", "no_proxy"],
    ...forRegistries,
    ...npmConfigVariables(ofUser),
  ];
}

function programsOf(program: Program, launch: LaunchFacts): string[] {
  switch (program) {
    case "this program":
      return [launch.self[0]!];
    case "typed command":
      return launch.invocation.operands.slice(0, 1);
    case "PostgreSQL":
      return launch.postgres ? programsIn(launch.postgres.folder) : [];
    case "new executable":
      return [partialPath(Deno.realPathSync(Deno.execPath()))];
    case "deno":
      return ["deno"];
    case "name lister":
      return Deno.build.os === "windows" ? [] : ["ls"];
    case "pager":
      return pagerCommand(environmentVariable).slice(0, 1);
    case "browser opener":
      return [openerCommand(Deno.build.os)[0]];
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
