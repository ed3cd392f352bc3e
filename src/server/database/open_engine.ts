import { readFileIfPresent } from "../../files/read_file.ts";
import { writeFileAtomically } from "../../files/atomic.ts";
import { type EngineState, STATE_FILES } from "../../shared/contract/state.ts";
import { ApiError } from "../http/api_error.ts";
import type { Engine } from "./engine.ts";
import type { EngineOptions, EngineWish } from "./engine_options.ts";
import { PgliteEngine } from "./pglite_engine.ts";
import { isThere } from "../../files/real_path.ts";

/** The data directory holds data of another PostgreSQL than the one that is wanted. */
export class EngineMismatch extends Error {
  override name = "EngineMismatch";
}

/**
 * The engine of a data directory, which remembers it.
 * @throws {EngineMismatch} when another one is wanted than its data are in
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir, wish = {} } = options;
  const isFirst = await readState(stateFile(dataDir)) === undefined;
  const state = await chosen(dataDir, wish);
  if (!state) return new PgliteEngine(options);
  // Only whoever chose it loads it.
  const { openServer } = await import("./postgres/open_server.ts");
  const engine = openServer(state, options);
  try {
    if (isFirst) await engine.open();
  } catch (error) {
    // A server that never answered holds no data: the next start may choose again.
    await Deno.remove(stateFile(dataDir));
    throw error;
  }
  return engine;
}

/**
 * Makes sure that the data of another directory could be opened here.
 * @throws {ApiError} 409 for those of a PostgreSQL server, where this one runs none
 */
export async function requireOpenable(dataDir: string, { programs }: EngineWish = {}) {
  const state = await readState(stateFile(dataDir));
  if (!state || programs) return;
  throw new ApiError(
    409,
    "INVALID_INPUT",
    "These are data of a PostgreSQL server, which this backend does not run",
    "Restore them with `insforge backups restore`.",
  );
}

function stateFile(dataDir: string): string {
  return `${dataDir}/${STATE_FILES.engine}`;
}

/** @returns undefined for PGlite */
async function chosen(
  dataDir: string,
  { kind, url }: EngineWish,
): Promise<EngineState | undefined> {
  const path = stateFile(dataDir);
  const known = await readState(path);
  const wanted = url === undefined ? kind : "url";
  if (!known && wanted !== undefined && wanted !== "pglite") {
    if (isThere(`${dataDir}/${STATE_FILES.postgres}`)) throw mismatch(dataDir, "PGlite");
    const state: EngineState = url === undefined
      ? { engine: "postgres", password: crypto.getRandomValues(new Uint8Array(16)).toHex() }
      : { engine: "url", url };
    await writeFileAtomically(path, JSON.stringify(state));
    return state;
  }
  if (known && wanted !== undefined && wanted !== known.engine) {
    throw mismatch(dataDir, known.engine === "url" ? "the PostgreSQL of an address" : "PostgreSQL");
  }
  if (known?.engine !== "url" || url === undefined || url === known.url) return known;
  // The same one under another address, such as one with a new password.
  const moved: EngineState = { engine: "url", url };
  await writeFileAtomically(path, JSON.stringify(moved));
  return moved;
}

async function readState(path: string): Promise<EngineState | undefined> {
  const text = await readFileIfPresent(path);
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text);
    const opens = state.engine === "url"
      ? state.url
      : state.engine === "postgres" && state.password;
    if (typeof opens === "string") return state;
  } catch {
    // It is told below.
  }
  throw new Error(`${path} is damaged, and says where the data are`);
}

function mismatch(dataDir: string, engine: string): EngineMismatch {
  return new EngineMismatch(`The data in ${dataDir} are ${engine}'s, and stay with it`);
}
