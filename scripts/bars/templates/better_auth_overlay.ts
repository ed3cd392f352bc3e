import { betterAuthEnv, migrateBetterAuth } from "./better_auth.ts";
import type { Walk } from "./walk.ts";

const NOTES = `CREATE TABLE notes (text text, owner text DEFAULT requesting_user_id());
  ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON notes TO authenticated USING (owner = requesting_user_id());`;

/** A row is written and read with the token that the app signs for a user of Better Auth. */
export const betterAuth: Walk = {
  framework: "next",
  over: "todo",
  // Later ones know no `autoRefreshToken`.
  versions: { "@insforge/sdk": "1.2.7" },
  users: { signUp: "/sign-up", signIn: "/sign-in", hasCodePage: false },
  env: betterAuthEnv,
  async prepare(app) {
    await migrateBetterAuth(app);
    await app.backend.insforge("db", "query", NOTES);
  },
  async main(page, { address, backend }) {
    const { token } = await page.evaluate("fetch('/api/insforge-token').then((it) => it.json())");
    const ask = (method: string, credential: string, body?: string) =>
      fetch(`${backend.url}/api/database/records/notes`, {
        method,
        headers: { authorization: `Bearer ${credential}`, "content-type": "application/json" },
        body,
      });
    const { status } = await ask("POST", token, '{"text":"of ada"}');
    const [own, others] = await Promise.all(
      [token, backend.anonKey].map(async (credential) => (await ask("GET", credential)).json()),
    );
    if (status !== 201 || own.length !== 1 || others.length !== 0) {
      throw new Error(JSON.stringify({ status, own, others }));
    }
    await page.open(`${address}/api/auth/get-session`);
    return "ada@example.com";
  },
};
