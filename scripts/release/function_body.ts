/** Makes the body of an async function of a bundled module: see src/files/carried_module.ts. */
import { type Node, parse, type Token } from "acorn";
import { MODULE_META } from "../../src/files/carried_module.ts";

/** As tokens, of which minified code has none apart. */
const META = ["import", ".", "meta"];

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

/**
 * The function takes what `import.meta` is to be, and answers the module's exports.
 * @param code that imports nothing but what the runtime has, and exports by one list at its end
 */
export function functionBody(code: string): string {
  const changes: Change[] = [];
  const { body } = parse(code, {
    ecmaVersion: "latest",
    sourceType: "module",
    onToken: metaFinder(code, changes),
  });
  for (const node of body) {
    const statement = node as Node as Statement;
    const { start, end, source, specifiers } = statement;
    if (node.type === "ImportDeclaration") {
      changes.push([start, end, importedBy(specifiers, source!.value)]);
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
function importedBy(specifiers: readonly Specifier[], source: string): string {
  const module = `await import(${JSON.stringify(source)})`;
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

/** Finds each `import.meta`, which a function does not have. */
function metaFinder(code: string, changes: Change[]): (token: Token) => void {
  const last: string[] = [];
  return ({ start, end }) => {
    last.push(code.slice(start, end));
    if (last.length > META.length) last.shift();
    if (last.join("") === META.join("")) {
      changes.push([end - META.join("").length, end, MODULE_META]);
    }
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
