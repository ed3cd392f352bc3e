/** Where the functions of a directory lie. */
import { dirname, join, relative } from "@std/path";
import { ownFunctionsFolder } from "../../invocation/function_sources.ts";
import type { Context } from "../../cli/context.ts";
import { FileError, UsageError } from "../../core/errors.ts";

/** The source file of a function. */
export interface LocalFunction {
  readonly slug: string;
  /** Absolute. */
  readonly path: string;
}

const FOLDER = join("insforge", "functions");
const ENTRIES = ["index.ts", "index.tsx", "index.js", "index.jsx", "index.mjs"];
const SLUG = /^[\w-]+$/;

/** Refuses what no slug can be. @throws {UsageError} */
export function checkSlug(slug: string): void {
  if (SLUG.test(slug) && slug.toLowerCase() !== "health") return;
  throw new UsageError(`${JSON.stringify(slug)} cannot be the slug of a function.`, {
    hint: "Use letters, digits, hyphens and underscores; health is taken.",
  });
}

/** The folder of one function. */
export function functionFolder(context: Context, slug: string): string {
  return join(ownFunctionsFolder(context.launch), slug);
}

/** Finds the source of one function. @throws {FileError} that names where it was looked for */
export async function findFunction(context: Context, slug: string): Promise<LocalFunction> {
  checkSlug(slug);
  const folder = functionFolder(context, slug);
  for (const entry of ENTRIES) {
    const path = join(folder, entry);
    if (await isFile(path)) return { slug, path };
  }
  const expected = relative(context.launch.cwd, join(folder, ENTRIES[0]!));
  throw new FileError(`There is no function at ${expected}.`, {
    hint: `\`insforge functions new ${slug}\` writes one, or name its file with --file.`,
  });
}

/** All functions of the directory, in the order of their slugs. @throws {FileError} for none */
export async function findFunctions(context: Context): Promise<LocalFunction[]> {
  const folder = dirname(functionFolder(context, "x"));
  const found: LocalFunction[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      // Folders such as _shared hold what functions import.
      if (!isDirectory || !SLUG.test(name) || name.startsWith("_")) continue;
      const entries = ENTRIES.map((entry) => join(folder, name, entry));
      const there = await Promise.all(entries.map(isFile));
      const path = entries[there.indexOf(true)];
      if (path) found.push({ slug: name, path });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (found.length > 0) return found.sort((a, b) => a.slug < b.slug ? -1 : 1);
  throw new FileError(`There are no functions in ${FOLDER}.`, {
    hint:
      "`insforge functions new hello` writes a first one. One that lies elsewhere goes by its " +
      "file: insforge functions deploy NAME --file supabase/functions/NAME/index.ts",
  });
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}
