/** Bundling functions with the packages, lock file and cache of this invocation. */
import { basename } from "@std/path";
import type { Context } from "../../cli/context.ts";
import { FileError, OperationError } from "../../core/errors.ts";
import { functionsLock, npmSurroundings, sourceRoot } from "../../invocation/function_sources.ts";
import type { Bundle, Bundler } from "../../shared/bundling/bundler.ts";
import { SourceError } from "../../shared/bundling/source_error.ts";
import { PackageError } from "../../shared/packages/errors.ts";
import type { LocalFunction } from "./local_files.ts";

/** Bundles functions; what they share is fetched once. */
export interface FunctionBundling {
  /** A bundler for one function; dispose of it. */
  of(source: LocalFunction): Promise<Bundler>;
  /** Bundles one function once. @throws {FileError | OperationError} */
  bundle(source: LocalFunction): Promise<Bundle>;
  /** Writes what was added to the lock file. */
  saveLock(): Promise<void>;
}

/**
 * @param isOffline whether nothing may be fetched. @throws {FileError} for an unreadable lock file
 */
export async function openBundling(
  context: Context,
  isOffline = false,
): Promise<FunctionBundling> {
  const { launch, signal } = context;
  const [{ Bundler }, { openPackages }, { Lock }, { readNpmConfig }] = await Promise.all([
    import("../../shared/bundling/bundler.ts"),
    import("../../shared/packages/open_packages.ts"),
    import("../../shared/packages/lock_file.ts"),
    import("../../shared/packages/npm_config.ts"),
  ]);
  const path = functionsLock(launch);
  const lock = await Lock.read(path).catch((error) => {
    throw commandError(error);
  });
  const packages = openPackages({
    config: readNpmConfig(npmSurroundings(launch, context.env)),
    cacheFolder: launch.cacheFolder,
    lock,
    isOffline,
    signal,
  });
  const of = (source: LocalFunction) =>
    Promise.resolve(
      new Bundler({
        entry: { path: source.path },
        root: sourceRoot(launch, source.path),
        packages,
      }),
    );
  return {
    of,
    async bundle(source) {
      await using bundler = await of(source);
      try {
        return await bundler.bundle();
      } catch (error) {
        throw commandError(error);
      }
    },
    saveLock: () =>
      lock.write(path, launch.token).catch((error) => {
        context.warn(
          `${error.message} What ${basename(path)} should pin is resolved anew each time.`,
        );
      }),
  };
}

/** What bundling throws, as a command's error. */
export function commandError(error: unknown): unknown {
  if (error instanceof SourceError) {
    return new FileError(`${error.message}.`, { hint: error.hint, cause: error });
  }
  if (error instanceof PackageError) {
    return new OperationError(error.message, "PACKAGE_ERROR", { hint: error.hint, cause: error });
  }
  return error;
}
