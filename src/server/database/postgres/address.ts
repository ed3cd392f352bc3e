import type { EngineAddress } from "../engine.ts";

/**
 * Reads a connection string, `postgres://user:password@host:port/database?sslmode=…`.
 * @throws {Error} that says what is wrong with it, without its password
 */
export function parseDatabaseUrl(text: string): EngineAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || !url.hostname) {
    throw new Error("the address of the database is none: postgres://user:password@host/database");
  }
  const user = decodeURIComponent(url.username) || "postgres";
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    host,
    port: Number(url.port || 5432),
    user,
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    sslmode: url.searchParams.get("sslmode") ??
      (/^(localhost|127\..+|::1)$/.test(host) ? "disable" : "prefer"),
  };
}

/** An address for people: without the password. */
export function shownAddress({ host, port, user, database }: EngineAddress): string {
  return `${user}@${host}:${port}/${database}`;
}
