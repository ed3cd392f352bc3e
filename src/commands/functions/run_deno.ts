/** The Deno that is on PATH, where there is one. */
import type { Context } from "../../cli/context.ts";
import { OperationError } from "../../core/errors.ts";
import { denoEnvironment } from "../../invocation/deno_environment.ts";

/**
 * Flags that keep Deno from writing into a repository: its deno.json can let packages run scripts
 * as they are put into node_modules, and a link in its vendor folder leads anywhere.
 */
export const WITHOUT_EFFECT = ["--node-modules-dir=none", "--no-lock", "--vendor=false"];

/**
 * Starts one of Deno's commands in a folder, whose deno.json counts, with output to be read.
 * @throws {OperationError} without Deno
 */
export function startDeno(
  { signal, terminal, env: own }: Context,
  command: "test" | "info" | "run",
  args: readonly string[],
  { folder, env, stdin = "null" }: {
    readonly folder: string;
    readonly env: Readonly<Record<string, string>>;
    readonly stdin?: "null" | "piped";
  },
): Deno.ChildProcess {
  const seen = { ...denoEnvironment(own), ...env };
  try {
    return new Deno.Command("deno", {
      args: [command, "--quiet", ...WITHOUT_EFFECT, ...args],
      cwd: folder,
      clearEnv: true,
      env: terminal.colour.stdout ? seen : { ...seen, NO_COLOR: "1" },
      stdin,
      stdout: "piped",
      stderr: "piped",
      signal,
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new OperationError("There is no Deno on PATH, which does this.", "NO_DENO", {
      hint: "Install it as https://docs.deno.com/runtime says.",
    });
  }
}
