import type { Walk } from "./walk.ts";

/** A visitor goes onto the waiting list; who signs in has a page of their own. */
export const landing: Walk = {
  framework: "next",
  users: { signUp: "/sign-up", signIn: "/sign-in", hasCodePage: false },
  async visit(page, { address }) {
    await page.open(address);
    await page.fill("input[name=email]", "grace@example.com");
    await page.click("form button[type=submit]", "Request access");
    await page.shows("You're in");
  },
  async main(page, { address }) {
    await page.open(`${address}/dashboard`);
    await page.shows("Welcome back");
    return "ada@example.com";
  },
  signOut: (page) => page.click("button[type=submit]", "Sign out"),
};
