import { USER_PAGES, type Walk } from "./walk.ts";

const COMPANY = "Lamps & Sons";

/** A lead is added, and its card carried to the next stage of the pipeline. */
export const crm: Walk = {
  framework: "next",
  users: USER_PAGES,
  async main(page, { address }) {
    await page.open(`${address}/developer-guide`);
    await page.click("button", "Seed CRM defaults");
    await page.shows("CRM defaults added");
    await page.open(`${address}/leads/add`);
    await page.fill("#contact_name", "Grace");
    await page.fill("#company_name", COMPANY);
    await page.click("button[role=combobox]", "Select source");
    await page.click("[role=option]");
    await page.click("button[type=submit]", "Create Lead");
    await page.leaves("/leads/add");
    await page.open(`${address}/leads/pipeline`);
    await page.focus("[data-rfd-drag-handle-draggable-id]");
    for (const key of ["Space", "ArrowRight", "Space"] as const) await page.press(key);
    await page.shows("Lead stage updated");
    return COMPANY;
  },
  signOut: (page) => page.click("button", "Sign out"),
};
