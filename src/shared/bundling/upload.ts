/**
 * The form in which functions are uploaded, which both runtimes of InsForge take: a body that
 * assigns `module.exports`. A self-hosted backend hands it to `new Function`; the hosted one puts
 * it into a module of TypeScript and checks its types, so that the bundle is one line below a
 * comment that excepts it. The last line carries what the author wrote, and which line is which.
 */
import { withoutEnding } from "./es_modules.ts";
import { partsOf } from "./resolve.ts";
import type { SourceMapSegment } from "@jridgewell/sourcemap-codec";

/** What esbuild made of a function. */
export interface Bundled {
  /** The author's module, by its path from the root. */
  readonly entry: string;
  readonly body: string;
  readonly map: { readonly sources: readonly string[]; readonly mappings: string };
  /** The modules that it needs of the runtime. */
  readonly given: readonly string[];
  /** The packages that it holds, as `NAME@VERSION`. */
  readonly packages: readonly string[];
  /** The texts of the author's files, by their paths from the root. */
  readonly sources: Readonly<Record<string, string>>;
}

/** What the author wrote of an uploaded function. */
export interface AuthorSource {
  readonly entry: string;
  readonly sources: Readonly<Record<string, string>>;
  /** A source map from the uploaded code to `sources`. */
  readonly map: {
    readonly version: 3;
    readonly sources: string[];
    readonly names: string[];
    readonly mappings: string;
  };
}

const CARRIER = "//# insforge=";
const EXCEPTION = "// @ts-ignore the next line is the bundle, the last one what it was made of";

/** Runs the bundle once, and hands every request to the handler that it leaves behind. */
function wrapper(entry: string, given: readonly string[]): readonly [string, string] {
  const lines = [
    `module.exports=(run=>{`,
    // What a runtime calls the modules of Node by: a parameter, a function, or a code from a
    // string.
    `const given=async name=>{`,
    `const full=name.startsWith("@")?name:"node:"+name;`,
    `if(typeof require==="function")return require(full);`,
    `const find=globalThis.process?.getBuiltinModule;`,
    `if(find)return find(full);`,
    `const found=await new Function("name","return import(name)")(full);`,
    `return found.default??found};`,
    `const loaded=(async()=>{`,
    `const modules={};`,
    `for(const name of ${JSON.stringify(given)})modules[name]=await given(name);`,
    `const runtime={modules,url:${JSON.stringify(`file:///${entry}`)},`,
    `Deno:typeof Deno==="undefined"?undefined:Deno};`,
    `const started=new Promise(start=>{runtime.start=start});`,
    `const require_=name=>{`,
    `const own=String(name).replace(/^node:/,"");`,
    `const find=typeof require==="function"?require:globalThis.process?.getBuiltinModule;`,
    `const found=modules[own]??(/^[a-z][\\w/]*$/.test(own)?find?.("node:"+own):undefined);`,
    `if(found)return found;`,
    `throw Object.assign(new Error("Cannot find module "+JSON.stringify(name)),` +
    `{code:"MODULE_NOT_FOUND"})};`,
    `const resolve=name=>String(name);`,
    `await Promise.race([started,run(runtime,Object.assign(require_,{resolve,cache:{}}))]);`,
    `if(typeof runtime.handler==="function")return runtime.handler;`,
    `throw new TypeError("it exports no function: write \`export default async function (request)` +
    ` { … }\`")})();`,
    `loaded.catch(()=>{});`,
    `return Object.assign(async request=>(await loaded)(request),{loaded})`,
    `})(async(__runtime,require)=>{"use strict";`,
  ];
  return [lines.join(""), "});"];
}

/** Writes a function in the form that is uploaded. */
export async function uploadOf(bundled: Bundled): Promise<string> {
  const { entry, body, given, packages, sources } = bundled;
  const [before, after] = wrapper(entry, given);
  const held = packages.length > 0 ? ` with ${packages.map((id) => `npm:${id}`).join(", ")}` : "";
  const head = [`// ${entry}${held}, bundled by \`insforge functions deploy\``, EXCEPTION];
  const source: AuthorSource = {
    entry,
    sources,
    map: await ownMap(bundled.map, head.length, before.length),
  };
  const code = `${before}${body}${after}`;
  // Two characters that end a line in strings and nowhere else, as TypeScript sees it.
  const line = code.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  // InsForge looks for this call in the text itself, strings included.
  const safe = line.replaceAll(/\bDeno\.serve(?=\s*\()/g, "Deno\\u002eserve");
  return [...head, safe, CARRIER + await packed(source), ""].join("\n");
}

/** What the author wrote; `undefined` for code that came in another form. */
export async function authorSource(code: string): Promise<AuthorSource | undefined> {
  const start = code.lastIndexOf(`\n${CARRIER}`);
  if (start < 0) return undefined;
  try {
    const text = code.slice(start + 1 + CARRIER.length).trim();
    const stream = new Blob([Uint8Array.fromBase64(text)]).stream();
    return await new Response(stream.pipeThrough(new DecompressionStream("deflate-raw"))).json();
  } catch {
    return undefined;
  }
}

async function packed(source: AuthorSource): Promise<string> {
  const stream = new Blob([JSON.stringify(source)]).stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  return (await new Response(stream).bytes()).toBase64();
}

/** The author's file, an address, or the package as a whole; `undefined` for what is our own. */
function sourceName(source: string): string | undefined {
  const [, kind, path = ""] = /^(local|npm|remote):(.*)$/.exec(withoutEnding(source)) ?? [];
  return kind === "npm" ? `npm:${partsOf(path).id}` : kind && path;
}

/**
 * The map with packages as one place each and without what is our own, moved to where the body is.
 */
async function ownMap(
  map: Bundled["map"],
  lines: number,
  columns: number,
): Promise<AuthorSource["map"]> {
  const { decode, encode } = await import("@jridgewell/sourcemap-codec");
  const sources = map.sources.map(sourceName);
  const decoded = decode(map.mappings).map((segments, line) => {
    const kept: SourceMapSegment[] = [];
    for (const segment of segments) {
      const column = segment[0] + (line === 0 ? columns : 0);
      const source = segment.length > 1 ? segment[1]! : -1;
      const last = kept.at(-1);
      if (sources[source] === undefined) {
        if (last?.length !== 1) kept.push([column]);
      } else if (!sources[source].startsWith("npm:")) {
        kept.push([column, source, segment[2]!, segment[3]!]);
      } else if (last?.length === 1 || sources[last?.[1] ?? -1] !== sources[source]) {
        kept.push([column, source, 0, 0]);
      }
    }
    return kept;
  });
  return {
    version: 3,
    sources: sources.map((source) => source ?? ""),
    names: [],
    mappings: encode([...Array.from({ length: lines }, () => []), ...decoded]),
  };
}
