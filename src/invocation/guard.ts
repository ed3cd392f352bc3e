/** Whether dangerous commands wait for a person's approval. */
import type { Project } from "../config/project.ts";
import { environmentVariable } from "../core/environment.ts";
import type { Invocation } from "./argv.ts";

const ON = ["1", "true", "on", "yes", "enabled"];
const OFF = ["0", "false", "off", "no", "disabled"];

/**
 * Whether this invocation may turn out to need an approval: `INSFORGE_GUARD` decides, else the
 * link of the directory (`link --guard`).
 */
export function isGuarded(
  { effect, flags }: Invocation,
  project: Project | undefined,
): boolean {
  if (effect !== "destroys" && !flags.has("--flag-destructive")) return false;
  const wish = environmentVariable("INSFORGE_GUARD")?.trim().toLowerCase() ?? "";
  if (ON.includes(wish) || OFF.includes(wish)) return ON.includes(wish);
  return project?.guard === true;
}
