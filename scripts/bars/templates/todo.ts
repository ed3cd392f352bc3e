import type { Walk } from "./walk.ts";

const TODO = "Buy a lamp";

export const todo: Walk = {
  framework: "next",
  async main(page, { address }) {
    await page.open(address);
    await page.fill("input[type=text]", TODO);
    await page.click("form button[type=submit]");
    await page.shows(TODO);
    await page.click("li button");
    await page.finds("li p.line-through");
    return TODO;
  },
};
