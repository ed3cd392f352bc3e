import { assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { hasImports } from "../../src/server/functions/imports.ts";

/** Imports, as the engine sees them, where a slash, a space or a dot hides them from lexers. */
const HIDDEN = [
  'import("x")',
  'const o = { return: 1 }; o. return / import("x") / 1',
  'const o = { if() { return 1 } }; o. if (1) / import("x") / 1',
  'const o = { typeof: 1 }; o./**/typeof / import("x") / 1',
  'const o = { case: 1 }; o\n.\ncase / import("x") / 1',
  'const a = function () {} / import("x") / 1',
  'const a = async function b() {} / import("x") / 1',
  'const a = class {} / import("x") / 1',
  'const a = `${{} / import("x") / 1}`',
  'let i = 0; i++ / import("x") / 1',
  '[...import("x")]',
  'import\u00a0("x")',
  'import\u3000("x")',
  'import\ufeff("x")',
  'import\u2028("x")',
  'import/* */\n// \n("x")',
  '1 // \u2028 import("x")',
  'import("x", { with: { type: "json" } })',
  "import.meta.url",
  "import/**/.\nmeta",
];
const HARMLESS = [
  'o.import("x")',
  'const o = { import() {} }; o\n.\nimport("x")',
  "class A { static import = 1; #import() {} }",
  `"import('x')"; /import("x")/.test("")`,
  'if (1) {} else {} /import("x")/.test("")',
  '`import("x")`; // import("x")',
  '$import("x"); function $import() {}',
];

it("an import is found however it is written, and nothing else is one", async () => {
  const inFunction = (body: string) => hasImports(`export default async () => {{${body}\n}}`);
  for (const body of HIDDEN) assertEquals([body, await inFunction(body)], [body, true]);
  for (const body of HARMLESS) assertEquals([body, await inFunction(body)], [body, false]);
  for (
    const module of ['import "x"', 'export * from "x"', 'export { a } from "x"']
  ) {
    assertEquals([module, await hasImports(module)], [module, true]);
  }
});
