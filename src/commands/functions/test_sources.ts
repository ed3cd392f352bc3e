/** What the tests of a function are made of, looked at before Deno runs them. */
import { fromFileUrl } from "@std/path";
import type { Context } from "../../cli/context.ts";
import { OperationError } from "../../core/errors.ts";
import { forEachParallel } from "../../core/parallel.ts";
import { isWithin, requireNoWayOut } from "../../files/real_path.ts";
import { sourceRoot } from "../../invocation/function_sources.ts";
import { requireOwnSource } from "../../shared/bundling/local_files.ts";
import { commandError } from "./bundle.ts";
import { startDeno } from "./run_deno.ts";

/** What `deno info --json` says of a module. */
interface Module {
  readonly specifier: string;
  /** Where it is on the disk. */
  readonly local?: string;
}

/** Modules looked at together: each look is a process. */
const TOGETHER = 2;

/**
 * Makes sure that tests are made of the project's own files and of packages. Deno lets a module
 * import any file that it names, whatever it may read, and follows the links in what it may read.
 * @param folder the function's own, where the tests lie; a real path
 * @param env that of the tests: it may say what a name stands for
 * @throws {FileError} for an import from elsewhere, and a link that leads out
 */
export async function requireOwnSources(
  context: Context,
  folder: string,
  tests: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  requireNoWayOut(folder);
  const root = sourceRoot(context.launch, folder);
  await forEachParallel(tests, TOGETHER, async (test) => {
    for (const { specifier, local } of await modulesOf(context, folder, test, env)) {
      const isFile = specifier.startsWith("file:");
      // What was fetched lies in Deno's cache, unless the project keeps it.
      if (local === undefined || !isFile && !isWithin(root, local)) continue;
      try {
        requireOwnSource(isFile ? fromFileUrl(specifier) : local, root);
      } catch (error) {
        throw commandError(error);
      }
    }
  });
}

async function modulesOf(
  context: Context,
  folder: string,
  test: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly Module[]> {
  const child = startDeno(context, "info", ["--json", `./${test}`], { folder, env });
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (success) return JSON.parse(decoder.decode(stdout)).modules;
  throw new OperationError(`Deno cannot tell what ${test} imports.`, "TESTS_FAILED", {
    excerpt: decoder.decode(stderr).trim() || undefined,
  });
}
