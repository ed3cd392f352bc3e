/**
 * A WebAssembly file as the module that Deno makes of it: its exports are the module's, and what it
 * imports is imported by name. @throws {WebAssembly.CompileError} for what is no WebAssembly
 */
export function wasmModule(bytes: Uint8Array<ArrayBuffer>): string {
  const module = new WebAssembly.Module(bytes);
  const sources = [...new Set(WebAssembly.Module.imports(module).map(({ module }) => module))];
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  return [
    ...sources.map((source, index) => `import * as i${index} from ${JSON.stringify(source)};`),
    `const bytes = Uint8Array.from(atob("${bytes.toBase64()}"), (c) => c.charCodeAt(0));`,
    `const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {`,
    ...sources.map((source, index) => `  ${JSON.stringify(source)}: i${index},`),
    `});`,
    ...names.map((name, index) => `const e${index} = exports[${JSON.stringify(name)}];`),
    `export { ${names.map((name, index) => `e${index} as ${JSON.stringify(name)}`).join(", ")} };`,
  ].join("\n");
}
