import { ApiError } from "../../http/api_error.ts";
import { sha256Hex } from "../../keys/digest.ts";
import type { LocalBackend } from "../../services.ts";

/**
 * The password of the database's user: on PGlite it comes of the API key, and does not lead back to
 * it.
 */
export async function databasePassword(
  { keys, database }: Pick<LocalBackend, "keys" | "database">,
): Promise<string> {
  const { address } = database.engine;
  if (address) return address.password;
  return (await sha256Hex(`postgres:${keys.apiKey}`)).slice(0, 32);
}

/**
 * Where clients of PostgreSQL connect, the password masked (contract section 5.2).
 * @throws {ApiError} 404 when they are not answered
 */
export function databaseAddress({ postgresPort, database: { engine } }: LocalBackend) {
  if (!postgresPort) {
    throw new ApiError(
      404,
      "NOT_FOUND",
      "This backend does not answer clients of PostgreSQL",
      "Start it without --no-postgres.",
    );
  }
  const parameters = {
    host: "127.0.0.1",
    port: postgresPort,
    database: "postgres",
    user: "postgres",
    sslmode: "disable",
    ...engine.address,
    password: "********",
  };
  const { host, port, database, user, password, sslmode } = parameters;
  // Apps take any mention of sslmode for a server with TLS, and clients try without one anyway.
  const query = sslmode === "disable" ? "" : `?sslmode=${sslmode}`;
  const connectionURL = `postgresql://${user}:${password}@${host}:${port}/${database}${query}`;
  return { connectionURL, parameters };
}
