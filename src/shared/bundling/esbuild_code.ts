/** What is around esbuild's WebAssembly: carried beside that, since few commands bundle. */
export { build, context, initialize, stop, transform } from "esbuild-wasm/esm/browser.js";
