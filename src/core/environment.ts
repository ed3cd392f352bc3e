/** The variables of this process's environment. */
import { UsageError } from "./errors.ts";

/**
 * A variable; an empty one, and one that the sandbox does not show, counts as unset.
 * @throws {UsageError} for one of this program's own that is not UTF-8; its value is not shown
 */
export function environmentVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch (error) {
    if (name.startsWith("INSFORGE_") && !(error instanceof Deno.errors.NotCapable)) {
      throw new UsageError(`${name} is not UTF-8 text.`, {
        hint: "Set it anew, or unset it.",
        cause: error,
      });
    }
    return undefined;
  }
}

/**
 * What {@link environmentVariable} answers now, for code that may not look any more.
 * @param names of variables; `*` at the end stands for any rest
 */
export function keptEnvironment(names: readonly string[]): (name: string) => string | undefined {
  const prefixes = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  const isKept = (name: string) =>
    names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix));
  const kept = new Map(Object.entries(Deno.env.toObject()).filter(([name]) => isKept(name)));
  return (name) => kept.get(name) || undefined;
}
