/**
 * Prints what is wrong with workflows, an action, scripts of PowerShell and a Dockerfile, a line
 * each: `node lint.mjs FILE…`, where this folder's packages are installed.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire, register } from "node:module";
import { basename } from "node:path";
import process from "node:process";
import { setFlagsFromString } from "node:v8";

const require = createRequire(import.meta.url);

// The optimizing compiler takes half a minute for the grammar, which is then used for a moment.
setFlagsFromString("--liftoff-only");

/** By the endings of names. */
const LINTERS = { ".yml": workflows, ".ps1": powershell, "Dockerfile": dockerfile };

// The language service imports JSON as bundlers let it, and Node wants to be told.
const hooks = `export const load = (url, context, next) =>
  next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

for (const path of process.argv.slice(2)) {
  const [, lint] = Object.entries(LINTERS).find(([ending]) => path.endsWith(ending));
  for (const problem of await lint(path)) console.log(`${basename(path)}:${problem}`);
}

/** By GitHub's own language service: schema, contexts of expressions, references to actions. */
async function workflows(path) {
  const { validate } = await import("@actions/languageservice");
  const { TextDocument } = await import("vscode-languageserver-textdocument");
  const text = readFileSync(path, "utf8");
  const found = await validate(TextDocument.create(`file://${path}`, "yaml", 1, text), {});
  return found.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
}

/** By a grammar: what is no PowerShell. */
async function powershell(path) {
  const { Language, Parser } = await import("web-tree-sitter");
  await Parser.init();
  const grammar = require.resolve("tree-sitter-powershell/tree-sitter-powershell.wasm");
  const parser = new Parser().setLanguage(await Language.load(grammar));
  const problems = [];
  const visit = (node) => {
    if (node.isError || node.isMissing) {
      problems.push(`${node.startPosition.row + 1}: unexpected ${node.text.slice(0, 40)}`);
    } else if (node.hasError) {
      node.children.forEach(visit);
    }
  };
  visit(parser.parse(readFileSync(path, "utf8")).rootNode);
  return problems;
}

/** Its base images are tags that move, and so do the packages in them: no versions are pinned. */
function dockerfile(path) {
  const program = require.resolve("dockerlinter/bin/dockerfilelinter");
  const options = ["--json", "--shellcheck", "none", "--ignore", "ER0012", "--file", path];
  const said = execFileSync(process.execPath, [program, ...options], { encoding: "utf8" });
  // It says nothing at all where it finds nothing.
  return JSON.parse(said || "[]").map(({ lineNumber, message, code }) =>
    `${lineNumber}: ${message} (${code})`
  );
}
