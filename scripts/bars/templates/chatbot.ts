import { USER_PAGES, type Walk } from "./walk.ts";

const QUESTION = "Which lamp is the brightest?";

/** A question is answered by the echo, and both are kept. */
export const chatbot: Walk = {
  framework: "next",
  users: USER_PAGES,
  async main(page, { address }) {
    await page.open(address);
    await page.fill("textarea", QUESTION);
    await page.press("Enter");
    await page.shows("Echo (no model)");
    return QUESTION;
  },
  async signOut(page) {
    await page.click("button[aria-haspopup=menu]", "ada@example.com");
    await page.click("button", "Log out");
  },
};
