/** What functions may import beside their own modules. */

/** Modules of Node that need no permission and open no way around one. */
const NODE_MODULES: ReadonlySet<string> = new Set([
  "assert",
  "async_hooks",
  "buffer",
  "crypto",
  "diagnostics_channel",
  "dns",
  "dns/promises",
  "events",
  "http",
  "https",
  "net",
  "path",
  "path/posix",
  "perf_hooks",
  "process",
  "punycode",
  "querystring",
  "stream",
  "stream/promises",
  "stream/web",
  "string_decoder",
  "timers",
  "timers/promises",
  "tls",
  "url",
  "util",
  "util/types",
  "zlib",
]);

/** Whether a specifier names the official SDK, at any version. */
export function isSdk(specifier: string): boolean {
  return /^(npm:\/?)?@insforge\/sdk(@[^/]+)?$/.test(specifier);
}

/** The name, without its prefix, of a module of Node that functions may use. */
export function nodeModule(specifier: string): string | undefined {
  if (!specifier.startsWith("node:")) return undefined;
  const name = specifier.slice("node:".length);
  return NODE_MODULES.has(name) ? name : undefined;
}
