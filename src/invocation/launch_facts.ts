/** The facts about this process that are read once, by the launcher, before the sandbox closes. */
import { isAbsolute, join } from "@std/path";
import { findProject, type FoundProject } from "../config/project.ts";
import { type Search, searchProject } from "../config/search.ts";
import { untoldHost } from "../config/told_hosts.ts";
import { distrustOf, isSafe } from "../config/trust.ts";
import { environmentVariable } from "../core/environment.ts";
import { randomToken } from "../files/atomic.ts";
import { realPlace } from "../files/real_path.ts";
import { wantsPostgres } from "./wanted_engine.ts";
import { findPostgres, type PostgresPrograms } from "../shared/postgres/programs.ts";
import type { TypedPaths } from "../files/typed_path.ts";
import type { CommandFacts } from "../terminal/command_facts.ts";
import type { Grants } from "./grants/grants.ts";
import { doubtfulAuthorities } from "./authorities.ts";
import type { ProvenBackend } from "./local_proof.ts";
import { meetsCertificates } from "./local_target.ts";
import { type Proxies, readProxies } from "./proxies.ts";
import type { Invocation } from "./argv.ts";
import { isGuarded } from "./guard.ts";

/**
 * What one invocation knows of its surroundings. It crosses to the worker by message.
 */
export interface LaunchFacts extends TypedPaths {
  /** What was typed. */
  readonly invocation: Invocation;
  readonly version: string;
  /** When the program was started, in milliseconds since 1970. */
  readonly startedAt: number;
  /** The folder of the global files (`~/.insforge`), absent where the system names no home. */
  readonly globalFolder?: string;
  /**
   * The user's folder for what can be had again, absent where the system names no home, or others
   * can fill it.
   */
  readonly cacheFolder?: string;
  /**
   * The directory whose `.insforge` folder is this project's: the nearest one upwards, else `cwd`.
   * For the commands that link a directory it is `cwd`: a link further up is not theirs to replace.
   */
  readonly projectRoot: string;
  /** The link of `projectRoot`, which nothing reads again. */
  readonly project: FoundProject;
  /** The host of a link that came with its repository, of which the user is to be told. */
  readonly untoldHost?: string;
  /** The proxies that the environment names; absent where none are. */
  readonly proxies?: Proxies;
  /** What is wrong with the certificate authorities that the environment names. */
  readonly distrust?: string;
  /** The local backend that has shown already that it is ours, or is about to. */
  readonly proven?: ProvenBackend | Promise<ProvenBackend | undefined>;
  /** Whether a person may have to approve it first. */
  readonly isGuarded?: boolean;
  /** What makes the names of new files unguessable, for the grants and the files alike. */
  readonly token: string;
  /** The command line that runs this program again. */
  readonly self: readonly string[];
  /** How a PostgreSQL server is run; absent where none is wanted. */
  readonly postgres?: PostgresPrograms;
  /** Sends PGlite's program, which the launcher compiles for the server. */
  readonly pglite?: MessagePort;
  /** The command whose help is asked for; absent where it has to be made to be described. */
  readonly help?: CommandFacts;
  /** What the sandbox holds; absent where there is none (help, completions, tests). */
  readonly grants?: Grants;
}

const LINKING: readonly string[] = ["create", "link"];

/** Reads the facts of the running process. Needs the launcher's permissions. */
export function locate(invocation: Invocation, version: string): LaunchFacts {
  const cwd = realPlace(Deno.cwd());
  const home = environmentVariable("HOME") ?? environmentVariable("USERPROFILE");
  const userHome = home === undefined ? undefined : realPlace(home);
  const { root, passedOver }: Search = LINKING.includes(invocation.command[0]!)
    ? {}
    : searchProject(cwd, userHome);
  const projectRoot = root ?? cwd;
  const globalFolder = home ? realPlace(join(home, ".insforge")) : undefined;
  const project = findProject(projectRoot, globalFolder);
  const cache = home ? ownCache(realPlace(cacheFolder(home)), globalFolder) : undefined;
  return {
    invocation,
    version,
    startedAt: performance.timeOrigin,
    cwd,
    globalFolder,
    cacheFolder: cache,
    postgres: wantsPostgres(invocation, { cwd, projectRoot })
      ? findPostgres({ env: environmentVariable, cacheFolder: cache })
      : undefined,
    projectRoot,
    project: { ...project, passedOver },
    untoldHost: invocation.reach.hosts?.includes("project")
      ? untoldHost(projectRoot, project.project?.oss_host, globalFolder)
      : undefined,
    isGuarded: isGuarded(invocation, project.project),
    proxies: readProxies(),
    distrust: meetsCertificates({ invocation, project, projectRoot })
      ? doubtfulAuthorities()
      : undefined,
    token: randomToken(),
    self: selfCommand(),
  };
}

/** None where others can fill it: programs and bundles are run from there. */
function ownCache(folder: string, globalFolder: string | undefined): string | undefined {
  return distrustOf(folder) === undefined || isSafe(folder, globalFolder) ? folder : undefined;
}

/** Where each system keeps caches. */
function cacheFolder(home: string): string {
  const named = environmentVariable("XDG_CACHE_HOME");
  // As its specification has it: a relative one would lie in whatever was cloned.
  if (named && isAbsolute(named)) return join(named, "insforge");
  switch (Deno.build.os) {
    case "darwin":
      return join(home, "Library", "Caches", "insforge");
    case "windows":
      return join(
        environmentVariable("LOCALAPPDATA") ?? join(home, "AppData", "Local"),
        "insforge",
        "cache",
      );
    default:
      return join(home, ".cache", "insforge");
  }
}

function selfCommand(): string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  const script = environmentVariable("INSFORGE_CHECKOUT_COMMAND");
  return script ? [script] : [Deno.execPath(), "run", "--allow-all", Deno.mainModule];
}
