/** Finds the programs of a PostgreSQL that is installed, and names those that are fetched. */
import { dirname, join } from "@std/path";

/** The version of the packages that are fetched where none is installed; InsForge runs 15. */
export const FETCHED_VERSION = "15.18.0-beta.17";
/** The major version that is taken when several are installed. */
const PREFERRED = 15;
/** The oldest major version that does. */
const OLDEST = 15;

/** The programs that are run; PostgreSQL's own is found by them, beside themselves. */
const PROGRAMS = ["initdb", "pg_ctl"] as const;

/** Where to look. */
export interface PostgresSurroundings {
  /** An environment variable. */
  readonly env: (name: string) => string | undefined;
  /** The user's cache folder of this program. */
  readonly cacheFolder?: string;
}

/** How PostgreSQL is run. */
export interface PostgresPrograms {
  /** The folder of its programs. */
  readonly folder: string;
  /** Whether they are fetched when they are not there. */
  readonly isFetched: boolean;
  /** Who it runs as, where that is not the user of this process. */
  readonly account?: { readonly uid: number; readonly gid: number };
}

/** The paths of the programs of a folder. */
export function programsIn(folder: string): string[] {
  const ending = Deno.build.os === "windows" ? ".exe" : "";
  return PROGRAMS.map((name) => join(folder, `${name}${ending}`));
}

/**
 * The programs of an installed PostgreSQL: what `INSFORGE_POSTGRES_BIN` names, else one of `PATH`,
 * else version 15 or the newest where the system's packages put them; else those of the package
 * that is fetched. None without a cache to fetch it to.
 */
export function findPostgres(
  { env, cacheFolder }: PostgresSurroundings,
): PostgresPrograms | undefined {
  const account = accountForRoot();
  const installed = env("INSFORGE_POSTGRES_BIN") ?? onPath(env("PATH")) ??
    usualFolders().find(isComplete);
  if (installed) return { folder: realFolder(installed), isFetched: false, account };
  if (!cacheFolder) return undefined;
  const folder = join(cacheFolder, `postgresql-${FETCHED_VERSION}`, "bin");
  return { folder, isFetched: true, account };
}

/** PostgreSQL refuses to run as root: then it is the system's user `postgres`, else `nobody`. */
function accountForRoot(): PostgresPrograms["account"] {
  if (Deno.build.os === "windows" || Deno.uid() !== 0) return undefined;
  const users = Deno.readTextFileSync("/etc/passwd").split("\n").map((line) => line.split(":"));
  const user = users.find(([name]) => name === "postgres") ??
    users.find(([name]) => name === "nobody");
  return user && { uid: Number(user[2]), gid: Number(user[3]) };
}

function onPath(path = ""): string | undefined {
  const separator = Deno.build.os === "windows" ? ";" : ":";
  return path.split(separator).filter(Boolean).find(isComplete);
}

/** Links to single programs are followed: they find the rest beside themselves. */
function realFolder(folder: string): string {
  try {
    return dirname(Deno.realPathSync(programsIn(folder)[0]!));
  } catch {
    return folder;
  }
}

/** The parents of versions, with what lies between a version and its programs. */
const USUAL: Record<string, readonly (readonly [parent: string, prefix: string, rest: string])[]> =
  {
    linux: [["/usr/lib/postgresql", "", "bin"], ["/usr", "pgsql-", "bin"]],
    darwin: [
      ["/opt/homebrew/opt", "postgresql@", "bin"],
      ["/usr/local/opt", "postgresql@", "bin"],
      ["/Applications/Postgres.app/Contents/Versions", "", "bin"],
    ],
    windows: [["C:\\Program Files\\PostgreSQL", "", "bin"]],
  };

function usualFolders(): string[] {
  const found = (USUAL[Deno.build.os] ?? []).flatMap(([parent, prefix, rest]) =>
    namesIn(parent).filter((name) => name.startsWith(prefix))
      .map((name) => ({
        version: Number(name.slice(prefix.length)),
        folder: join(parent, name, rest),
      }))
  ).filter(({ version }) => version >= OLDEST);
  const rank = (version: number) => version === PREFERRED ? Infinity : version;
  return found.sort((a, b) => rank(b.version) - rank(a.version)).map(({ folder }) => folder);
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function isComplete(folder: string): boolean {
  try {
    return programsIn(folder).every((path) => Deno.statSync(path).isFile);
  } catch {
    return false;
  }
}
