import { isSdk, nodeModule } from "../../shared/functions/imports.ts";
import { readScript, SourceError } from "../../shared/functions/script.ts";

/** What the runtime hands to a function's module, in this order. */
const PARAMETERS = [
  "require",
  "module",
  "exports",
  "createClient",
  "encodeBase64",
  "decodeBase64",
];

const SDK = 'require("@insforge/sdk")';

/**
 * Compiles a function's source to a module whose default export runs it, given {@link PARAMETERS}.
 * @throws {SourceError} for what cannot be read, or imports what cannot be had
 */
export async function compileFunction(slug: string, source: string): Promise<string> {
  if (/\bDeno\s*\.\s*serve\s*\(/.test(source)) {
    throw new SourceError(
      "A function is called by the backend and must not call Deno.serve: export it as default",
    );
  }
  const { body, imports } = await readScript(source, `${slug}.ts`);
  for (const specifier of imports) checkImport(specifier);
  // Run from a checkout, Deno resolves what it takes for a dependency, by the import map then.
  const bare = body.replaceAll(/\brequire\((['"])npm:\/?@insforge\/sdk[^'"]*\1\)/g, SDK);
  // The inner block lets a function declare names that are parameters here.
  return `export default async (${PARAMETERS}) => {{${bare}\n}}\n//# sourceURL=${slug}.ts`;
}

function checkImport(specifier: string): void {
  if (isSdk(specifier) || nodeModule(specifier)) return;
  const advice = /^\.{0,2}\//.test(specifier)
    ? "`insforge functions deploy` bundles local files before it uploads them"
    : "here functions can import npm:@insforge/sdk and most node: modules";
  throw new SourceError(`The import ${JSON.stringify(specifier)} cannot be had: ${advice}`);
}
