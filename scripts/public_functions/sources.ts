/** What is read of sources without running them. */

const IMPORT = /\b(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g;
const VARIABLE = /(?:Deno\.env\.get\(\s*["'](\w+)["']|process\.env\.(\w+))/g;

/** What a source imports, as kinds and their numbers. */
export function importsOf(source: string): string {
  const found = [...source.matchAll(IMPORT)].map(([, specifier]) => kindOf(specifier!));
  const counts = Map.groupBy(found, (kind) => kind);
  return [...counts].map(([kind, { length }]) => length > 1 ? `${length} ${kind}` : kind)
    .join(", ") || "none";
}

function kindOf(specifier: string): string {
  if (/^\.{0,2}\//.test(specifier)) return "file";
  if (/^https?:/.test(specifier)) return new URL(specifier).host;
  return /^(npm|jsr|node|data):/.exec(specifier)?.[1] ?? "name";
}

/** The names of the environment's variables that a source reads and that a secret may have. */
export function variablesOf(source: string): string[] {
  return [...source.matchAll(VARIABLE)].map(([, deno, node]) => (deno ?? node)!)
    .filter((name) => /^[A-Z0-9_]+$/.test(name) && name !== "NODE_ENV");
}

/** The blocks of a Markdown document that are functions. */
export function codeBlocks(document: string): string[] {
  const blocks = document.matchAll(
    /^([ \t]*)```(?:typescript|ts|javascript|js)\b[^\n]*\n(.*?)^\1```/gms,
  );
  return [...blocks].map(([, indent, code]) => code!.replaceAll(new RegExp(`^${indent}`, "gm"), ""))
    .filter((code) =>
      /export default (async )?(function|\{)|module\.exports|Deno\.serve\(/.test(code)
    );
}
