import { USER_PAGES, type Walk } from "./walk.ts";

const TODO = "Buy a lamp";

/** The table that the starters have their readers make. */
const TODOS = `CREATE TABLE todos (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES auth.users (id) DEFAULT auth.uid(),
    title text NOT NULL, is_complete boolean DEFAULT false, created_at timestamptz DEFAULT now());
  ALTER TABLE todos ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON todos TO authenticated
    USING (auth.uid() = user_id) WITH CHECK (auth.uid() = user_id);`;

const starter: Omit<Walk, "framework"> = {
  users: USER_PAGES,
  prepare: async ({ backend }) => void (await backend.insforge("db", "query", TODOS)),
  async main(page, { address }) {
    await page.open(`${address}/protected`);
    await page.fill("input[name=title]", TODO);
    await page.click("form button[type=submit]", "Add");
    await page.click("button[aria-label='Mark as complete']");
    await page.finds("[aria-label='Mark as incomplete']");
    return TODO;
  },
  signOut: (page) => page.click("button", "Logout"),
};

export const react: Walk = { framework: "vite", ...starter };
export const nextjs: Walk = { framework: "next", ...starter };
