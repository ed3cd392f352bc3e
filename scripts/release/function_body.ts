/**
 * Makes bodies of functions of bundled modules: see src/files/carried_module.ts and start_script.ts.
 */
import { type Node, parse, type Token, tokTypes } from "acorn";
import { MODULE_IMPORT, MODULE_META } from "../../src/files/carried_module.ts";

/** As tokens, of which minified code has none apart. */
const META = ["import", ".", "meta"];
const ASK = ["import", "("];

/** A part of the code, and what takes its place. */
type Change = readonly [start: number, end: number, text: string];

type Named = Node & { readonly name: string };
type Specifier = Node & {
  readonly imported?: Named;
  readonly exported?: Named;
  readonly local: Named;
};
type Statement = Node & {
  readonly specifiers: readonly Specifier[];
  readonly source: (Node & { readonly value: string }) | null;
};

/** What stands in the place of imports. */
export interface Imports {
  /** The expression whose value is a module that is imported. */
  readonly module: (source: string) => string;
  /** The function that takes the place of `import()`, and what it is told of a name. */
  readonly ask?: { readonly name: string; readonly told: (source: string) => string };
}

/** As an async function does it. */
const BY_RUNTIME: Imports = { module: (source) => `await import(${JSON.stringify(source)})` };

/** The same in a script, which is handed what imports. */
export const IN_SCRIPT: Imports = {
  module: (source) => `await ${MODULE_IMPORT}(${JSON.stringify(source)})`,
  ask: { name: MODULE_IMPORT, told: (source) => source },
};

/**
 * The function takes what `import.meta` is to be, and answers the module's exports.
 * @param code that exports constants by one list at its end; as it is, it may import what the
 * runtime has
 */
export function functionBody(code: string, imports = BY_RUNTIME): string {
  const changes: Change[] = [];
  const { body } = parse(code, {
    ecmaVersion: "latest",
    sourceType: "module",
    onToken: tokenFinder(code, imports, changes),
  });
  for (const node of body) {
    const statement = node as Node as Statement;
    const { start, end, source, specifiers } = statement;
    if (node.type === "ImportDeclaration") {
      changes.push([start, end, importedBy(specifiers, imports.module(source!.value))]);
    } else if (node.type === "ExportNamedDeclaration" && !source) {
      const names = specifiers.map(({ exported, local }) => `${exported!.name}:${local.name}`);
      changes.push([start, end, `return{${names}};`]);
    } else if (node.type.startsWith("Export")) {
      throw new Error(`A bundled module has a statement that is not expected: ${node.type}`);
    }
  }
  return `"use strict";${changed(code, changes)}`;
}

/** Declarations instead of an import: its bindings are constant, as those of the runtime are. */
function importedBy(specifiers: readonly Specifier[], module: string): string {
  const names = specifiers.flatMap(({ type, imported, local }) =>
    type === "ImportNamespaceSpecifier" ? [] : [`${imported?.name ?? "default"}:${local.name}`]
  );
  const whole = specifiers.filter(({ type }) => type === "ImportNamespaceSpecifier");
  return [
    ...whole.map(({ local }) => `const ${local.name}=${module};`),
    ...(names.length > 0 ? [`const{${names}}=${module};`] : []),
    ...(specifiers.length === 0 ? [`${module};`] : []),
  ].join("");
}

/** Finds each `import.meta`, which a function does not have, and each `import()`. */
function tokenFinder(code: string, { ask }: Imports, changes: Change[]): (token: Token) => void {
  const last: string[] = [];
  const endsWith = (tokens: readonly string[]) =>
    last.slice(-tokens.length).join("") === tokens.join("");
  return ({ type, start, end }) => {
    if (ask && endsWith(ASK) && type === tokTypes.string) {
      changes.push([start, end, JSON.stringify(ask.told(JSON.parse(code.slice(start, end))))]);
    }
    last.push(code.slice(start, end));
    if (last.length > META.length) last.shift();
    if (endsWith(META)) changes.push([end - META.join("").length, end, MODULE_META]);
    if (ask && endsWith(ASK)) changes.push([end - ASK.join("").length, end, `${ask.name}(`]);
  };
}

function changed(code: string, changes: Change[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const [start, end, text] of changes.sort(([one], [other]) => one - other)) {
    parts.push(code.slice(at, start), text);
    at = end;
  }
  return parts.join("") + code.slice(at);
}
