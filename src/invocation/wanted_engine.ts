/** Whether an invocation runs a PostgreSQL server of its own, which the sandbox then lets it. */
import { join } from "@std/path";
import { isTracked } from "../config/git_index.ts";
import { localDataFolder } from "../config/paths.ts";
import { FileError } from "../core/errors.ts";
import { isThere } from "../files/real_path.ts";
import { absolutePath } from "../files/typed_path.ts";
import { STATE_FILES } from "../shared/contract/state.ts";
import type { Invocation } from "./argv.ts";

/**
 * What was typed decides, else what the data directory remembers.
 * @throws {FileError} for a data directory whose engine came with a repository
 */
export function wantsPostgres(
  { command, values }: Invocation,
  { cwd, projectRoot }: { readonly cwd: string; readonly projectRoot: string },
): boolean {
  if (command.join(" ") !== "local serve") return false;
  const folder = values.get("--data-dir")?.at(-1);
  const dataDir = folder === undefined ? localDataFolder(projectRoot) : absolutePath(cwd, folder);
  requireOwnEngine(dataDir);
  const typed = values.get("--engine")?.at(-1);
  if (typed !== undefined) return typed === "postgres";
  try {
    const state = JSON.parse(Deno.readTextFileSync(join(dataDir, STATE_FILES.engine)));
    return state?.engine === "postgres";
  } catch {
    return false;
  }
}

/**
 * A cluster's configuration names commands that PostgreSQL runs, and an address where the data go:
 * what somebody committed decides neither.
 */
function requireOwnEngine(dataDir: string): void {
  const found = [STATE_FILES.engine, join(STATE_FILES.cluster, "PG_VERSION")]
    .map((name) => join(dataDir, name))
    .find((path) => isThere(path) && isTracked(path));
  if (!found) return;
  throw new FileError(`${found} came with this repository, and is not used. Nothing was done.`, {
    hint: "Choose another folder, such as: insforge local start --data-dir .insforge/own",
  });
}
