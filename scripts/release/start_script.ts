/**
 * Makes one script of the modules that a common start loads: V8 can take from a cache what it has
 * compiled of a script, and of a script alone that includes the functions which were called. In the
 * bundle, modules of a few words stand in their places, so that nothing else knows of it.
 */
import { parse } from "acorn";
import { join } from "@std/path";
import { MODULE_META } from "../../src/files/carried_module.ts";
import { functionBody } from "./function_body.ts";

/** What a common start loads, and is gathered, by paths below the root, without `.ts`. */
export const START_MODULES = [
  "src/launcher",
  "src/cli_worker",
  "src/cli/command_tree",
  "src/cli/process_context",
  "src/commands/db/query",
];

/** V8 passes over it. */
export const NO_CACHE = new Uint8Array();

const CODE = "start.txt";
const CACHE = "start.bin";
/** The module that runs it, at the root of the bundle. */
export const LOADER = "start.js";
const ASKED = "start_imports.js";

/** What the script calls its own functions: minified modules have no names of that length. */
const MODULE_OF = "startModule";
const ASK = "startImport";

/** A module, and those that it imports, named as modules at the bundle's root import them. */
interface Module {
  readonly code: string;
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

/** Moves modules of a bundle into a script, which has no cache yet. */
export async function gatherStart(bundle: string): Promise<void> {
  const modules = new Map<string, Module>();
  const gathered = await closure(bundle, START_MODULES, modules);
  const outer = new Set([...gathered].flatMap((name) => modules.get(name)!.imports))
    .difference(gathered);
  const asked = new Set<string>();
  const bodies = [...gathered].map((name) =>
    `${JSON.stringify(name)}(){${bodyOf(name, modules.get(name)!, asked)}}`
  );
  await Deno.writeTextFile(join(bundle, CODE), inAscii(scriptOf(bodies)));
  await Deno.writeTextFile(join(bundle, LOADER), loaderFor([...outer]));
  const imports = [...asked].map((name) => `import(${JSON.stringify(name)});`);
  await Deno.writeTextFile(join(bundle, ASKED), imports.join(""));
  await keepStartCache(bundle, NO_CACHE);
  for (const name of gathered) {
    await Deno.writeTextFile(join(bundle, name), standIn(name, modules.get(name)!.exports));
  }
}

/** Gives the script of a bundle its cache; V8 passes over one that is not its own. */
export async function keepStartCache(bundle: string, cache: Uint8Array): Promise<void> {
  await Deno.writeFile(join(bundle, CACHE), cache);
}

/** Adds modules and all that they import; answers the names of those in the bundle. */
async function closure(
  bundle: string,
  roots: readonly string[],
  modules: Map<string, Module>,
): Promise<Set<string>> {
  const found = new Set<string>();
  const open = roots.map((root) => `./${root}.js`);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name) || !name.startsWith("./")) continue;
    found.add(name);
    const module = modules.get(name) ??
      readModule(name, await Deno.readTextFile(join(bundle, name)));
    modules.set(name, module);
    open.push(...module.imports);
  }
  return found;
}

type Named = { readonly exported: { readonly name: string } };
type Statement = {
  readonly type: string;
  readonly source?: { readonly value: string } | null;
  readonly specifiers: readonly Named[];
};

function readModule(name: string, code: string): Module {
  const body = parse(code, { ecmaVersion: "latest", sourceType: "module" })
    .body as unknown as Statement[];
  return {
    code,
    imports: body.filter(({ type }) => type === "ImportDeclaration")
      .map(({ source }) => fromRoot(name, source!.value)),
    exports: body.filter(({ type }) => type === "ExportNamedDeclaration")
      .flatMap(({ specifiers }) => specifiers.map(({ exported }) => exported.name)),
  };
}

/** How a module at the root names what another one imports. */
function fromRoot(name: string, source: string): string {
  if (!source.startsWith(".")) return source;
  return `.${new URL(source, new URL(name, "file:///")).pathname}`;
}

/** @param asked takes the names of what it imports as it runs */
function bodyOf(name: string, { code, exports }: Module, asked: Set<string>): string {
  const body = functionBody(code, {
    module: (source) => `${MODULE_OF}(${JSON.stringify(fromRoot(name, source))})`,
    ask: {
      name: ASK,
      told(source) {
        const told = fromRoot(name, source);
        asked.add(told);
        return told;
      },
    },
  });
  return exports.length > 0 ? body : `${body};return{}`;
}

/** A function of what loads other modules, `import.meta` and the modules beside the script. */
function scriptOf(bodies: readonly string[]): string {
  return `(function(load,${MODULE_META},outer){"use strict";` +
    `const bodies={__proto__:null,${bodies.join(",\n")}},made={__proto__:null};` +
    `function ${MODULE_OF}(name){return outer[name]??(made[name]??=bodies[name]())}` +
    `async function ${ASK}(name){return name in bodies?${MODULE_OF}(name):await load(name)}` +
    `return ${MODULE_OF}})`;
}

/**
 * The same code in ASCII, which V8 has a byte a character of: others stand in strings and regular
 * expressions alone.
 */
function inAscii(code: string): string {
  return code.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * The module that runs the script. One of its imports is never called: Deno asks for a permission
 * to import what no module names, where it is no executable.
 */
function loaderFor(outer: readonly string[]): string {
  return [
    'import{Script}from"node:vm";',
    `import code from"./${CODE}"with{type:"text"};`,
    `import cachedData from"./${CACHE}"with{type:"bytes"};`,
    ...outer.map((name, index) => `import*as m${index} from${JSON.stringify(name)};`),
    `const script=new Script(code,{filename:"insforge:${LOADER}",cachedData});`,
    "export default script.runInThisContext()((name)=>import(name),import.meta,{__proto__:null,",
    ...outer.map((name, index) => `${JSON.stringify(name)}:m${index},`),
    `});()=>import("./${ASKED}");`,
  ].join("");
}

/** A module that has its exports from the script. */
function standIn(name: string, exports: readonly string[]): string {
  const loader = `${"../".repeat(name.split("/").length - 2) || "./"}${LOADER}`;
  const locals = exports.map((exported, index) => `${exported}:x${index}`);
  const named = exports.map((exported, index) => `x${index} as ${exported}`);
  return `import startModule from"${loader}";const{${locals}}=startModule(${
    JSON.stringify(name)
  });export{${named}};`;
}
