/** Makes what a function's process runs of what was uploaded. */
import { SourceError } from "../../shared/bundling/source_error.ts";
import { hasImports } from "./imports.ts";
import { type Locate, locator } from "./positions.ts";

/** What the runtime hands to a function's module, in this order. */
const PARAMETERS = [
  "require",
  "module",
  "exports",
  "createClient",
  "encodeBase64",
  "decodeBase64",
];

/** A function, ready to run. */
export interface CompiledFunction {
  /** A module whose default export runs the function, given {@link PARAMETERS}. */
  readonly code: string;
  /** Puts the author's files and lines in the place of those of `code`. */
  readonly locate: Locate;
}

/** Bundles a source that came without its packages. @throws {SourceError} */
export type BundleSource = (name: string, source: string) => Promise<string>;

/**
 * Compiles what was uploaded. A body that assigns `module.exports`, as `insforge functions deploy`
 * uploads it, runs as it is; anything else is bundled first.
 * @throws {SourceError} for what cannot be read, or imports what cannot be had
 */
export async function compileFunction(
  slug: string,
  source: string,
  bundle: BundleSource,
): Promise<CompiledFunction> {
  const isReady = await isBody(source);
  const body = isReady ? source : await bundled(slug, source, bundle);
  const code = moduleOf(body);
  if (!isReady) await refuseImports(slug, code);
  return { code, locate: await locator(slug, body) };
}

/** The inner block lets a function declare names that are parameters here. */
function moduleOf(body: string): string {
  return `export default async (${PARAMETERS}) => {{${body}\n}}`;
}

/** Whether code can stand in a function: without imports and exports, and without types. */
async function isBody(source: string): Promise<boolean> {
  if (!/\bexports\b/.test(source)) return false;
  try {
    const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
    // The engine itself reads it, without running it.
    new AsyncFunction(...PARAMETERS, `{${source}\n}`);
    return !await hasImports(moduleOf(source));
  } catch {
    return false;
  }
}

async function bundled(slug: string, source: string, bundle: BundleSource): Promise<string> {
  if (/\bDeno\s*\.\s*serve\s*\(/.test(source)) {
    throw new SourceError(
      "A function is called by the backend and must not call Deno.serve: export it as default, " +
        "or deploy it with `insforge functions deploy`",
    );
  }
  return await bundle(`${slug}.ts`, source);
}

/** The compiled program's module loader asks for no permission: so no import may be left. */
async function refuseImports(slug: string, code: string): Promise<void> {
  try {
    if (!await hasImports(code)) return;
  } catch (error) {
    throw new SourceError(`${slug}: ${(error as Error).message}`, { cause: error });
  }
  throw new SourceError(`${slug}: an import is left that cannot be had when the function runs`);
}
