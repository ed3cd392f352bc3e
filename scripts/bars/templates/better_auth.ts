import { node } from "../npm.ts";
import type { App } from "./walk.ts";

/** The variables of apps whose users are Better Auth's, with tables beside the backend's own. */
export async function betterAuthEnv({ backend, address }: App): Promise<Record<string, string>> {
  const { connectionURL } = await backend.insforge("db", "connection-string");
  return {
    DATABASE_URL: connectionURL,
    BETTER_AUTH_SECRET: crypto.randomUUID() + crypto.randomUUID(),
    BETTER_AUTH_URL: address,
    NEXT_PUBLIC_BETTER_AUTH_URL: address,
    INSFORGE_JWT_SECRET: (await backend.insforge("secrets", "get", "JWT_SECRET")).value,
  };
}

/** What Better Auth's own program does, which wants a later Node than the templates do. */
const MIGRATE = `import { getMigrations } from "better-auth/db/migration";
import pg from "pg";
const options = "-c search_path=better_auth,public";
const database = new pg.Pool({ connectionString: process.env.DATABASE_URL, options });
const { runMigrations } = await getMigrations({ database, emailAndPassword: { enabled: true } });
await runMigrations();
await database.end();`;

/** Makes Better Auth's tables. @throws with what it said */
export async function migrateBetterAuth({ folder }: App): Promise<void> {
  const { success, stderr } = await node(
    "node",
    ["--env-file=.env.local", "--input-type=module", "--eval", MIGRATE],
    { cwd: folder, stdin: "null" },
  );
  if (!success) {
    throw new Error(`Better Auth's tables: ${new TextDecoder().decode(stderr).slice(-1500)}`);
  }
}
