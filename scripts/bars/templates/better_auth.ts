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

/** Makes Better Auth's tables, with its own program. @throws with what it said */
export async function migrateBetterAuth({ folder }: App, config: string): Promise<void> {
  const env = await Deno.readTextFile(`${folder}/.env.local`);
  const { success, stdout, stderr } = await node(
    "npx",
    ["-y", "auth@latest", "migrate", "--config", `./${config}`, "-y"],
    { cwd: folder, stdin: "null", env: Object.fromEntries(variablesOf(env)) },
  );
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (!success) throw new Error(`Better Auth's tables: ${said.slice(-1500)}`);
}

function variablesOf(text: string): [string, string][] {
  return [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]);
}
