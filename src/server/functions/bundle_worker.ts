/**
 * Bundles one source and ends: the bundler computes for a while, and keeps much memory that the
 * backend has better uses for.
 */
import { bundleFunction } from "../../shared/bundling/bundler.ts";
import { SourceError } from "../../shared/bundling/source_error.ts";
import { PackageError } from "../../shared/packages/errors.ts";
import { openPackages } from "../../shared/packages/open_packages.ts";
import type { BundleAnswer, BundleOrder } from "./bundle.ts";
import { isSdk, SDK } from "./sdk.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<BundleOrder>) => void;
  postMessage(answer: BundleAnswer): void;
};

scope.onmessage = async ({ data: { name, source, packages } }) => {
  try {
    const { code } = await bundleFunction({
      entry: { name, source },
      root: Deno.build.os === "windows" ? "C:\\" : "/",
      packages: openPackages(packages),
      given: (specifier) => isSdk(specifier) ? SDK : undefined,
    });
    scope.postMessage({ code });
  } catch (error) {
    const isTheirs = error instanceof SourceError || error instanceof PackageError;
    const { message } = error as Error;
    scope.postMessage({ message: isTheirs && error.hint ? `${message}. ${error.hint}` : message });
  }
};
