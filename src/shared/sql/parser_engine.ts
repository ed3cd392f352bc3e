/**
 * PostgreSQL's parsers as the program carries them, that of the local backend and that of InsForge:
 * libpg-query's WebAssembly, packed. The package's own interface reads that from its own folder
 * alone, and every start of an executable would read all that lies there; so this calls the module
 * below it.
 */
import { isCheckout, preparedFile } from "../../core/program_files.ts";
import { loadCarried } from "../../files/carried_module.ts";
import { packFolder, unpack } from "../../files/packing.ts";
import { readPrepared } from "../../files/prepared_files.ts";
import { PARSER_FOLDER } from "./parser_folder.ts";
import manifest from "../../../deno.json" with { type: "json" };

/** The version of PostgreSQL whose grammar a parser has. */
export type Grammar = 18 | 15;

type Factory = (settings: Settings) => Promise<Module>;
type Code = Readonly<Record<`of${Grammar}`, { readonly default: Factory }>>;

/** What is called of the module; a pointer is an address in its memory, 0 for none. */
interface Module {
  _malloc(size: number): number;
  _free(pointer: number): void;
  /** Answers a `PgQueryParseResult`: pointers to the tree, to what was logged, to the error. */
  _wasm_parse_query_raw(text: number): number;
  _wasm_free_parse_result(result: number): void;
  lengthBytesUTF8(text: string): number;
  stringToUTF8(text: string, pointer: number, size: number): void;
  UTF8ToString(pointer: number): string;
  getValue(pointer: number, type: "i32"): number;
}

/** What the parser says of a text: its tree in JSON, or why it has none. */
export type Parsed =
  | { readonly tree: string }
  | { readonly message: string; readonly position: number };

const modules: { [grammar in Grammar]?: Promise<Module> } = {};

/** Loads a parser on first use: it is a megabyte or two that many sessions never need. */
export async function loadParser(grammar: Grammar = 18): Promise<(sql: string) => Parsed> {
  const loaded = await (modules[grammar] ??= start(grammar));
  return (sql) => parseWith(loaded, sql);
}

/** What Emscripten's modules take: who makes the instance, where they should not do it. */
interface Settings {
  instantiateWasm?(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance) => void,
  ): void;
}

async function start(grammar: Grammar): Promise<Module> {
  const code = await loadCarried<Code>("src/shared/sql/parser_code");
  const { default: factory } = code[`of${grammar}`];
  if (isCheckout) return await factory({});
  const packed = readPrepared(`${PARSER_FOLDER}/${packedName(grammar)}`);
  const wasm = await WebAssembly.compile(unpack(packed));
  return await factory({
    instantiateWasm: (imports, receive) => receive(new WebAssembly.Instance(wasm, imports)),
  });
}

function parseWith(module: Module, sql: string): Parsed {
  const size = module.lengthBytesUTF8(sql) + 1;
  const text = module._malloc(size);
  let result = 0;
  try {
    module.stringToUTF8(sql, text, size);
    result = module._wasm_parse_query_raw(text);
    const [tree, , error] = words(module, result, 3);
    if (!error) return { tree: module.UTF8ToString(tree!) };
    // A `PgQueryError`: message, function, file, line, position (one-based).
    const [message, , , , position] = words(module, error, 5);
    return { message: module.UTF8ToString(message!), position: Math.max(position!, 1) };
  } finally {
    module._free(text);
    if (result) module._wasm_free_parse_result(result);
  }
}

/** Reads the members of a structure, each of four bytes. */
function words(module: Module, pointer: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => module.getValue(pointer + 4 * index, "i32"));
}

/** Packs the parsers, unless that is done. */
export async function packParsers(): Promise<void> {
  await packFolder(preparedFile(`${PARSER_FOLDER}/`), {
    [packedName(18)]: new URL(import.meta.resolve("libpg-query/wasm/libpg-query.wasm")),
    [packedName(15)]: new URL(import.meta.resolve("libpg-query-15/wasm/libpg-query.wasm")),
  });
}

function packedName(grammar: Grammar): string {
  const name = grammar === 18 ? "libpg-query" : "libpg-query-15";
  return `${manifest.imports[name].split("@").at(-1)}.wasm.br`;
}
