/**
 * The raw SQL endpoint, the list of schemas and the import of a backend (sections 6.1, 6.3 and 6.8
 * of docs/http-contract.md) over a PostgreSQL server of the system's own: the version and the
 * catalogs that a real backend has.
 */
import { assertTextAllowed } from "../../src/server/database/guards.ts";
import { PostgresError } from "../../src/server/database/postgres_error.ts";
import { ApiError } from "../../src/server/http/api_error.ts";
import { postgresAt } from "./postgres.ts";
import { PostgresConnection } from "./postgres_connection.ts";

export interface PostgresBackend extends AsyncDisposable {
  readonly url: string;
  /** Any key is taken. */
  readonly apiKey: string;
  /** Runs SQL as the superuser. */
  sql(sql: string): Promise<Record<string, unknown>[]>;
}

/** The project's own schemas are those in which its administrator may make something. */
const SCHEMAS =
  `SELECT nspname AS name, NOT has_schema_privilege('project_admin', oid, 'CREATE') AS "isProtected"
FROM pg_namespace WHERE nspname <> 'information_schema' AND left(nspname, 3) <> 'pg_' ORDER BY 1`;

const hasCron = (() => {
  try {
    return Deno.statSync(`${postgresAt()}/../lib/pg_cron.so`).isFile;
  } catch {
    return false;
  }
})();

/** What a server needs that has pg_cron, where it is installed. */
export const WITH_CRON: Readonly<Record<string, string>> = hasCron
  ? { shared_preload_libraries: "pg_cron", "cron.database_name": "postgres" }
  : {};

/** The extension itself, or its catalog as members of another one. */
const CRON = hasCron ? "CREATE EXTENSION pg_cron;" : `
CREATE SCHEMA cron;
CREATE TABLE cron.job (jobid bigserial PRIMARY KEY, schedule text NOT NULL, command text NOT NULL, jobname text,
  username text NOT NULL DEFAULT CURRENT_USER, active boolean NOT NULL DEFAULT true);
CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint LANGUAGE sql
  AS 'INSERT INTO cron.job (jobname, schedule, command) VALUES ($1, $2, $3) RETURNING jobid';
ALTER EXTENSION tablefunc ADD SCHEMA cron;
ALTER EXTENSION tablefunc ADD SEQUENCE cron.job_jobid_seq;
ALTER EXTENSION tablefunc ADD TABLE cron.job;
ALTER EXTENSION tablefunc ADD FUNCTION cron.schedule(text, text, text);`;

/**
 * What a real backend has beside the project's own: roles, schemas, extensions, privileges. The
 * extension `http`, which Debian has not, is played by members of another one.
 */
export const REAL_BACKEND = `
CREATE ROLE anon NOLOGIN; CREATE ROLE authenticated NOLOGIN; CREATE ROLE project_admin NOLOGIN BYPASSRLS;
GRANT USAGE ON SCHEMA public TO anon, authenticated;
GRANT ALL ON SCHEMA public TO project_admin;
GRANT CREATE ON DATABASE postgres TO project_admin;
CREATE EXTENSION pgcrypto; CREATE EXTENSION citext; CREATE EXTENSION pg_trgm; CREATE EXTENSION tablefunc;
CREATE TYPE public.http_header AS (field text, value text);
CREATE FUNCTION public.http_get(uri text) RETURNS public.http_header LANGUAGE sql AS 'SELECT NULL::public.http_header';
COMMENT ON TYPE public.http_header IS 'of http'; COMMENT ON FUNCTION public.http_get(text) IS 'of http';
ALTER EXTENSION tablefunc ADD TYPE public.http_header;
ALTER EXTENSION tablefunc ADD FUNCTION public.http_get(text);
ALTER DEFAULT PRIVILEGES FOR ROLE postgres, project_admin IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE
  ON TABLES TO anon, authenticated;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres, project_admin IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES
  TO anon, authenticated;
${CRON}
GRANT USAGE ON SCHEMA cron TO project_admin;
SELECT cron.schedule('nightly', '0 3 * * *', 'SELECT 1');
CREATE SCHEMA auth; CREATE SCHEMA storage; CREATE SCHEMA realtime; CREATE SCHEMA payments; CREATE SCHEMA system;
GRANT USAGE ON SCHEMA auth, storage, realtime, payments, system TO project_admin;
CREATE TABLE auth.users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text UNIQUE);
GRANT SELECT, REFERENCES ON auth.users TO project_admin;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
CREATE TABLE storage.objects (bucket text, key text, PRIMARY KEY (bucket, key));
CREATE TABLE realtime.messages (id bigserial PRIMARY KEY, payload jsonb) ;
CREATE TABLE system.migrations (version text PRIMARY KEY);
CREATE FUNCTION system.on_schema() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER on_schema ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE FUNCTION system.on_schema();
`;

/** Serves the database `database` of a server whose socket is in the folder `host`. */
export async function servePostgres(host: string, database = "postgres"): Promise<PostgresBackend> {
  const connection = await PostgresConnection.open(host, database);
  const rowsOf = (result: { readonly rows: Uint8Array }) =>
    JSON.parse(new TextDecoder().decode(result.rows));
  // One at a time, each in a transaction that begins and ends with it.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(body: () => Promise<T>): Promise<T> => {
    const done = turn.then(body);
    turn = done.catch(() => {});
    return done;
  };
  const rawSql = async (request: Request) => {
    const { query, params } = await request.json();
    assertTextAllowed(query);
    const { rows, rowCount, rowCounts, fields } = await inTurn(() => connection.run(query, params));
    if (rowCounts.length > 1) return Response.json({ rows: [] });
    return Response.json({ rows: rowsOf({ rows }), rowCount, fields });
  };
  const importFile = async (request: Request) => {
    const file = (await request.formData()).get("file") as File;
    const sql = await file.text();
    assertTextAllowed(sql);
    await inTurn(async () => {
      try {
        await connection.run("BEGIN; SET LOCAL ROLE project_admin");
        await connection.run(sql);
        await connection.run("COMMIT");
      } catch (error) {
        await connection.run("ROLLBACK");
        throw error;
      } finally {
        await connection.run("DISCARD ALL");
      }
    });
    return Response.json({ success: true, filename: file.name, tables: [], rowsImported: 0 }, {
      status: 201,
    });
  };
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/api/database/advance/rawsql")) return await rawSql(request);
    if (pathname === "/api/database/advance/import") return await importFile(request);
    if (pathname === "/api/database/schemas") {
      return Response.json({ schemas: rowsOf(await inTurn(() => connection.run(SCHEMAS))) });
    }
    return Response.json({ error: "NOT_FOUND", message: pathname }, { status: 404 });
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => answer(request).catch(refusal),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    apiKey: "ik_test",
    sql: async (sql) => rowsOf(await inTurn(() => connection.run(sql))),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      connection[Symbol.dispose]();
    },
  };
}

function refusal(error: unknown): Response {
  if (error instanceof PostgresError) {
    const { message, sqlstate, position, detail, hint } = error.fields;
    const details = { sqlstate, position, detail, hint };
    return Response.json({ error: "INVALID_INPUT", message, statusCode: 400, details }, {
      status: 400,
    });
  }
  if (!(error instanceof ApiError)) throw error;
  const { code, message, status } = error;
  return Response.json({ error: code, message, statusCode: status }, { status });
}
