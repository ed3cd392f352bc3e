/** Whether an invocation runs a PostgreSQL server of its own, which the sandbox then lets it. */
import { join } from "@std/path";
import { localDataFolder } from "../config/paths.ts";
import { readFileIfPresentSync } from "../files/read_file.ts";
import { absolutePath } from "../files/typed_path.ts";
import { STATE_FILES } from "../shared/contract/state.ts";
import type { Invocation } from "./argv.ts";

/** What was typed decides, else what the data directory remembers. */
export function wantsPostgres(
  { command, values }: Invocation,
  { cwd, projectRoot }: { readonly cwd: string; readonly projectRoot: string },
): boolean {
  if (command.join(" ") !== "local serve") return false;
  const folder = values.get("--data-dir")?.at(-1);
  const dataDir = folder === undefined ? localDataFolder(projectRoot) : absolutePath(cwd, folder);
  const typed = values.get("--engine")?.at(-1);
  if (typed !== undefined) return typed === "postgres";
  try {
    const state = JSON.parse(readFileIfPresentSync(join(dataDir, STATE_FILES.engine))!);
    return state?.engine === "postgres";
  } catch {
    return false;
  }
}
