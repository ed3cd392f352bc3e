import { USER_PAGES, type Walk } from "./walk.ts";

/** A service of the sample data. */
const SERVICE = { id: "a1110001-a111-a111-a111-aaaaaaaaaaaa", name: "Private Vinyasa" };

/** An hour that is free is asked for. */
export const booking: Walk = {
  framework: "next",
  users: USER_PAGES,
  async main(page, { address }) {
    await page.open(`${address}/book/${SERVICE.id}`);
    await page.click("form button.rounded-full", "M");
    await page.click("form button[type=submit]", "Request booking");
    await page.leaves(`/book/${SERVICE.id}`);
    await page.shows(SERVICE.name);
    return SERVICE.name;
  },
  async signOut(page) {
    await page.click("button[aria-haspopup=menu]");
    await page.click("button[role=menuitem]", "Sign out");
  },
};
