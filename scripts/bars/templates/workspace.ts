import { USER_PAGES, type Walk } from "./walk.ts";

const TITLE = "Lamps of the house";

/** A page is written, and keeps its title. */
export const workspace: Walk = {
  framework: "next",
  users: USER_PAGES,
  prepare: async ({ backend }) =>
    void (await backend.insforge("storage", "create-bucket", "workspace-files", "--public")),
  async main(page, { address }) {
    await page.open(address);
    await page.click("button[aria-label='New page']");
    await page.fill("input[placeholder=Untitled]", TITLE);
    const saved = `fetch(location.href).then((page) => page.text())
      .then((text) => text.includes(${JSON.stringify(TITLE)}))`;
    await page.until(saved, "the title to be saved");
    return TITLE;
  },
  async signOut(page) {
    await page.click("button[aria-haspopup=menu]", "Workspace");
    await page.click("[role=menuitem]", "Sign out");
  },
};
