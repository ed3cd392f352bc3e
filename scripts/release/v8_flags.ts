/**
 * How V8 runs the executable, and the tests that have its parts in their own process.
 *
 * Streams make much short-lived garbage: V8 would let the heap grow before it looks at it. And what
 * collects garbage in threads of V8's own waits for those, where they are few, until they have
 * optimised WebAssembly: whoever did that stood still for seconds, at full load. Four times its
 * default before PostgreSQL's functions are optimised: a start took a quarter more.
 * A pattern that goes back often is matched in linear time instead: those of a site's vercel.json
 * are whoever's.
 */
export const V8_FLAGS = "--v8-flags=" + [
  "--max-semi-space-size=8",
  "--single-threaded-gc",
  "--wasm-tiering-budget=50000000",
  "--enable-experimental-regexp-engine-on-excessive-backtracks",
].join(",");
