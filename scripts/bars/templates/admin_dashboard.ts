import type { Walk } from "./walk.ts";

const TASK = "Hang up the lamp";
const CHANNEL = `INSERT INTO realtime.channels (pattern, description, enabled)
  VALUES ('chat:%', 'Conversations', true) ON CONFLICT DO NOTHING`;

/** A task is added. Chats ask for a row back that their own policies do not show yet. */
export const adminDashboard: Walk = {
  framework: "vite",
  users: { signUp: "/sign-up", signIn: "/sign-in", hasCodePage: false },
  async prepare({ backend }) {
    await backend.insforge("storage", "create-bucket", "avatars", "--public");
    await backend.insforge("db", "query", CHANNEL);
  },
  async main(page, { address }) {
    await page.open(`${address}/tasks`);
    await page.click("button", "New task");
    await page.fill("[role=dialog] input[name=title]", TASK);
    await page.click("[role=dialog] button[type=submit]", "Create task");
    await page.shows(TASK);
    return TASK;
  },
  async signOut(page) {
    await page.click("button[aria-haspopup=menu].rounded-full");
    await page.click("[role=menuitem]", "Sign out");
  },
};
