import { USER_PAGES, type Walk } from "./walk.ts";

/** A product of the sample data. */
const PRODUCT = { slug: "lune-accent-chair", name: "Lune Accent Chair" };

/** A product is put into the cart. */
export const eCommerce: Walk = {
  framework: "next",
  users: USER_PAGES,
  async main(page, { address }) {
    await page.open(`${address}/products/${PRODUCT.slug}`);
    await page.click("button", "Add to cart");
    await page.shows("Added to cart");
    await page.open(`${address}/cart`);
    await page.shows(PRODUCT.name);
    return PRODUCT.name;
  },
  async signOut(page) {
    await page.click("button[aria-haspopup=menu]");
    await page.click("button[role=menuitem]", "Sign out");
  },
};
