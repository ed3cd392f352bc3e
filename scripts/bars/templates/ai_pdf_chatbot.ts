import { betterAuthEnv, migrateBetterAuth } from "./better_auth.ts";
import type { Walk } from "./walk.ts";

const QUESTION = "Which lamp is the brightest?";

/** A question is answered by the echo: users are those of Better Auth, in the same database. */
export const aiPdfChatbot: Walk = {
  framework: "next",
  users: { signUp: "/auth/sign-up", signIn: "/auth/sign-in", hasCodePage: false },
  env: betterAuthEnv,
  async prepare(app) {
    await migrateBetterAuth(app, "lib/auth.ts");
    await app.backend.insforge("storage", "create-bucket", "pdf-documents", "--private");
    await app.backend.insforge("storage", "create-bucket", "audio-overviews", "--public");
  },
  async main(page, { address }) {
    await page.open(`${address}/chat`);
    await page.fill("textarea", QUESTION);
    await page.press("Enter");
    await page.shows("Echo (no model)");
    return QUESTION;
  },
  async signOut(page) {
    await page.click("button", "ada@example.com");
    await page.click("button", "Sign out");
  },
};
