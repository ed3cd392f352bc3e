/** What Emscripten made around each of the parsers: carried, since few commands parse. */
export * as of18 from "libpg-query/wasm/libpg-query.js";
export * as of15 from "libpg-query-15/wasm/libpg-query.js";
