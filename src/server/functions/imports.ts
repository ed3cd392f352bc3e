/** What is left of imports in code, by what a parser says: a lexer can be led past one. */
import { dirname } from "@std/path";
import { loadCarried, packedModule } from "../../files/carried_module.ts";
import { keepPrepared, takeKept } from "../../files/prepared_files.ts";

const PARSER = "src/shared/packages/acorn";

const KINDS = ["ImportExpression", "ImportDeclaration", "ExportAllDeclaration"];

/** Has functions be deployed also when an upgrade has replaced the executable that carries it. */
export function keepParser(): void {
  takeKept(keepPrepared([dirname(packedModule(PARSER))]));
}

/** Whether a module imports anything, now or as it runs. @throws {SyntaxError} */
export async function hasImports(code: string): Promise<boolean> {
  const { parse } = await loadCarried<typeof import("../../shared/packages/acorn.ts")>(PARSER);
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
