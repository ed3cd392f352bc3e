import { DatabaseError } from "../../http/api_error.ts";
import type { DatabaseRole } from "../messages.ts";
import type { EngineAddress } from "../engine.ts";
import { PostgresError } from "../postgres_error.ts";
import { quoteLiteral } from "../names.ts";
import { applySchema } from "../schema/mod.ts";
import { shownAddress } from "./address.ts";
import { PostgresConnection } from "./connection.ts";
import { OWN_PATH } from "../session.ts";
import { PostgresSession } from "./session.ts";

/** The oldest major version that is known to do. */
const OLDEST = 15;
/** Whoever applies the internal schemas holds this advisory lock: two servers may start at once. */
const SCHEMA_LOCK = 7_130_001;

/** How the backend signs in. */
export interface Logins {
  readonly users: Readonly<
    Record<"server" | DatabaseRole, { readonly user: string; readonly password: string }>
  >;
  /** What the server proves its own statements with: see `system.run_own`. */
  readonly secret: string;
  /** What every session of the server itself begins with. */
  readonly start: string;
}

/**
 * Makes a PostgreSQL the project's: roles, internal schemas, logins. What is there already stays.
 * @throws {Error} that says what the user of the address may not do
 */
export async function bootstrap(address: EngineAddress): Promise<Logins> {
  const connection = await PostgresConnection.open(address);
  const session = new PostgresSession(connection, "");
  const rows = async (sql: string) =>
    JSON.parse(new TextDecoder().decode((await session.run({ sql })).rows));
  try {
    await session.run({ sql: `SET search_path = ${OWN_PATH}` });
    await requireFit(address, await rows(FACTS_SQL));
    await session.run({ sql: `SELECT pg_advisory_lock(${SCHEMA_LOCK})` });
    await session.run({ sql: ROLE_SQL });
    await session.run({ sql: "SET SESSION AUTHORIZATION postgres" });
    await applySchema(session, "postgres");
    const [{ secret, prefix }] = await rows(LOGIN_FACTS_SQL);
    await session.run({ sql: loginsSql(prefix, secret) });
    return loginsOf(address, prefix, secret);
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    throw new DatabaseError(error.fields);
  } finally {
    connection.close();
  }
}

/** Roles are the whole cluster's: each database has logins of its own. */
const LOGIN_FACTS_SQL = `SELECT secret, format('insforge_%s', oid) AS prefix
FROM system.engine_secret, pg_database WHERE datname = current_database()`;

function loginsOf({ user, password }: EngineAddress, prefix: string, secret: string): Logins {
  const login = (role: DatabaseRole) => ({ user: `${prefix}_${role}`, password: secret });
  return {
    users: {
      server: { user, password },
      project_admin: login("project_admin"),
      authenticated: login("authenticated"),
      anon: login("anon"),
    },
    secret,
    start: "SET SESSION AUTHORIZATION postgres",
  };
}

const FACTS_SQL = `SELECT current_setting('server_version_num')::int / 10000 AS version,
  current_setting('server_encoding') AS encoding, rolsuper AS "isSuperuser"
FROM pg_roles WHERE rolname = current_user`;

function requireFit(
  address: EngineAddress,
  [facts]: [{ version: number; encoding: string; isSuperuser: boolean }],
): void {
  const where = `PostgreSQL at ${shownAddress(address)}`;
  if (facts.version < OLDEST) {
    throw new Error(`${where} is version ${facts.version}, and ${OLDEST} is the oldest that does`);
  }
  if (facts.encoding !== "UTF8") {
    throw new Error(`${where} has the encoding ${facts.encoding}, and it has to be UTF8`);
  }
  if (facts.isSuperuser) return;
  throw new Error(
    `${where}: the user ${address.user} is no superuser, as whoever makes roles that bypass ` +
      "row-level security and event triggers has to be",
  );
}

/** In a cluster whose first user has another name. */
const ROLE_SQL = `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'postgres') THEN
    CREATE ROLE postgres SUPERUSER NOLOGIN;
  END IF;
END $$`;

/**
 * Logins that may become one role each, and nothing else. Several servers give the same password.
 */
function loginsSql(prefix: string, secret: string): string {
  return ["project_admin", "authenticated", "anon"].map((role) => {
    const login = `${prefix}_${role}`;
    return `DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${login}') THEN
        CREATE ROLE ${login} LOGIN NOINHERIT;
        GRANT ${role} TO ${login};
      END IF;
    END $$;
    ALTER ROLE ${login} PASSWORD ${quoteLiteral(secret)};`;
  }).join("\n");
}
