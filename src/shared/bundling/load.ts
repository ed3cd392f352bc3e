/** The content of each module of a bundle, and how esbuild is to read it. */
import type { Loader } from "esbuild-wasm";
import type { PackageSource } from "../packages/package_source.ts";
import { hasParts, lackOf } from "./node_modules.ts";
import { type ModuleKind, partsOf } from "./resolve.ts";
import { SourceError } from "./source_error.ts";
import { wasmModule } from "./wasm_module.ts";

export interface Content {
  readonly contents: string | Uint8Array<ArrayBuffer>;
  readonly loader: Loader;
}

const LOADERS: Readonly<Record<string, Loader>> = {
  ts: "ts",
  mts: "ts",
  cts: "ts",
  tsx: "tsx",
  js: "js",
  mjs: "js",
  cjs: "js",
  jsx: "jsx",
  json: "json",
};
/** What `with { type: … }` asks for. */
const ATTRIBUTES: Readonly<Record<string, Loader>> = {
  json: "json",
  text: "text",
  bytes: "binary",
};
const MEDIA_TYPES: readonly (readonly [RegExp, Loader])[] = [
  [/json/, "json"],
  [/typescript|mp2t/, "ts"],
  [/tsx/, "tsx"],
  [/jsx/, "jsx"],
];
/** The server of the old standard library over `Deno.serve`. */
const SERVER = `
export const serve = (handler, options = {}) => Deno.serve(options, handler).finished;
export const serveTls = serve;
export const serveListener = (_, handler, options) => serve(handler, options);
export const listenAndServe = (...values) =>
  serve(values.find((value) => typeof value === "function"));
export const listenAndServeTls = listenAndServe;
export class Server {
  #options;
  constructor(options) { this.#options = options; }
  serve() { return serve(this.#options.handler, this.#options); }
  listenAndServe() { return this.serve(); }
  listenAndServeTls() { return this.serve(); }
  close() {}
  closed = false;
  addrs = [];
}`;
/** Modules of Node whose servers are what a function answers with. */
const WITH_SERVERS = ["http", "https"];

/** Reads the modules that are no local files. @throws {SourceError | PackageError} */
export async function loadModule(
  kind: Exclude<ModuleKind, "local">,
  path: string,
  packages: PackageSource,
  attribute?: string,
): Promise<Content> {
  switch (kind) {
    case "npm": {
      const { id, path: file } = partsOf(path);
      return contentOf(path, (await packages.files(id)).bytes(file)!, attribute);
    }
    case "remote": {
      if (path.startsWith("data:")) return await dataModule(path, attribute);
      const { bytes, url } = await packages.module(path);
      return contentOf(url, bytes, attribute);
    }
    case "given": {
      const module = `__runtime.modules[${JSON.stringify(path)}]`;
      return js(
        WITH_SERVERS.includes(path)
          ? `module.exports = __nodeServers(${module});`
          : `module.exports = ${module};`,
      );
    }
    case "runtime": {
      const name = JSON.stringify(path);
      return js(`export * from ${name}; export { default } from ${name};`);
    }
    case "lacking": {
      const [name, importer] = path.split(" ") as [string, string];
      return js(
        `const { lacking } = require("insforge:prelude");
        const { parts } = ${hasParts(name) ? 'require("insforge:parts")' : "{ parts: {} }"};
        module.exports = Object.assign(lacking(${
          [name, lackOf(name), importer].map((text) => JSON.stringify(text)).join(", ")
        }), parts[${JSON.stringify(name)}]?.(${JSON.stringify(importer)}));`,
      );
    }
    case "server":
      return js(SERVER);
    case "empty":
      return js("module.exports = {};");
  }
}

/** A module by its bytes and the ending of its name. @throws {SourceError} */
export function contentOf(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  attribute?: string,
): Content {
  if (attribute) {
    const loader = ATTRIBUTES[attribute];
    if (!loader) throw new SourceError(`${path}: imports of the type ${attribute} are not known`);
    return { contents: bytes, loader };
  }
  const ending = /\.(\w+)$/.exec(path.replace(/[?#].*$/, ""))?.[1] ?? "";
  if (/^[jt]sx$/.test(ending)) {
    return { contents: withRuntime(new TextDecoder().decode(bytes)), loader: LOADERS[ending]! };
  }
  if (ending !== "wasm") return { contents: bytes, loader: LOADERS[ending] ?? "js" };
  try {
    return js(wasmModule(bytes));
  } catch (error) {
    throw new SourceError(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * A source with JSX, which names the runtime that its other pragmas are for: Deno infers that, and
 * esbuild does not. At the end, so that every line stays where it is.
 */
function withRuntime(source: string): string {
  if (/@jsxRuntime\s/.test(source)) return source;
  if (/@jsxImportSource\s/.test(source)) return `${source}\n/** @jsxRuntime automatic */`;
  return /@jsx(Frag)?\s|\bReact\b/.test(source) ? `${source}\n/** @jsxRuntime classic */` : source;
}

async function dataModule(url: string, attribute?: string): Promise<Content> {
  const response = await fetch(url);
  const bytes = await response.bytes();
  if (attribute) return contentOf("data:", bytes, attribute);
  const type = response.headers.get("content-type") ?? "";
  const loader = MEDIA_TYPES.find(([pattern]) => pattern.test(type))?.[1] ?? "js";
  return { contents: bytes, loader };
}

function js(contents: string): Content {
  return { contents, loader: "js" };
}
