/** Where programs are looked for. */
import { DELIMITER, dirname, isAbsolute } from "@std/path";
import { environmentVariable } from "../core/environment.ts";

/**
 * Has this process, and those that it starts, look for programs in the folders that `PATH` names
 * from the root: an empty name, and any other, is a folder of whatever was cloned. Without a
 * folder, it is that of this program: Deno grants no program where there is no `PATH`.
 */
export function narrowSearchPath(): void {
  const path = environmentVariable("PATH") ?? "";
  const named = path.split(DELIMITER);
  const kept = named.filter(isAbsolute);
  if (kept.length === named.length) return;
  Deno.env.set("PATH", kept.join(DELIMITER) || dirname(Deno.execPath()));
}
