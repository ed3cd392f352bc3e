/** What is left of imports in code, by what a parser says: a lexer can be led past one. */

const KINDS = ["ImportExpression", "ImportDeclaration", "ExportAllDeclaration"];

/** Whether a module imports anything, now or as it runs. @throws {SyntaxError} */
export async function hasImports(code: string): Promise<boolean> {
  const { parse } = await import("acorn");
  const open: unknown[] = [parse(code, { ecmaVersion: "latest", sourceType: "module" })];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== "object" || node === null) continue;
    if (isImport(node)) return true;
    for (const part of Object.values(node)) open.push(part);
  }
  return false;
}

function isImport(node: { type?: string; source?: unknown; meta?: { name: string } }): boolean {
  const { type = "", source, meta } = node;
  return KINDS.includes(type) || type === "ExportNamedDeclaration" && Boolean(source) ||
    type === "MetaProperty" && meta?.name === "import";
}
