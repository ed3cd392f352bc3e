import { basename } from "@std/path";
import type { Context } from "../../cli/context.ts";
import { OperationError } from "../../core/errors.ts";
import { denoEnvironment } from "../../invocation/deno_environment.ts";
import { WITHOUT_EFFECT } from "./run_deno.ts";

const TIMEOUT_MS = 60_000;
/** A module that Deno does not find, and that was found: by tsconfig.json, or in a workspace. */
const NOT_FOUND = "2307";

/**
 * Checks the types of a function with the Deno that is on PATH; without one, nothing happens. What
 * keeps Deno from checking, such as a package that cannot be fetched, is a warning.
 * @throws {OperationError} when the types are wrong
 */
export async function checkTypes(context: Context, path: string): Promise<void> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command("deno", {
      args: [
        "check",
        "--quiet",
        "--unstable-sloppy-imports",
        "--unstable-kv",
        ...WITHOUT_EFFECT,
        path,
      ],
      clearEnv: true,
      env: { ...denoEnvironment(context.env), NO_COLOR: "1" },
      stdin: "null",
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (output.success || context.signal.aborted) return;
  const said = new TextDecoder().decode(output.stderr).trim();
  const codes = [...said.matchAll(/\bTS(\d+) \[ERROR\]/g)].map(([, code]) => code);
  if (codes.some((code) => code !== NOT_FOUND)) {
    throw new OperationError(`The types of ${basename(path)} are wrong.`, "TYPE_CHECK_FAILED", {
      excerpt: said.replace(/\s*\n\s*error: Type checking failed\.[^]*$/, ""),
      hint: "--no-check deploys it all the same.",
    });
  }
  context.warn(`The types were not checked: ${said.split("\n")[0] || "Deno took too long"}`);
}
