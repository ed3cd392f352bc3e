import type { Page } from "../browser.ts";
import type { App, UserPages } from "./walk.ts";

const EMAIL = "ada@example.com";
const PASSWORD = "Correct-horse-1";

/** Fills in the form of a new user. */
export async function signUp(page: Page, { address }: App, pages: UserPages): Promise<void> {
  await page.open(address + pages.signUp);
  if (await page.has("#name")) await page.fill("#name", "Ada");
  await fillIn(page);
  if (pages.hasCodePage) await page.shows("6-digit code");
  else await page.leaves(pages.signUp);
}

/** Types in the code of the mail that the inbox holds. */
export async function confirm(page: Page, { backend }: App, pages: UserPages): Promise<void> {
  const [mail] = await backend.mailsTo(EMAIL);
  if (!mail?.codes[0]) throw new Error("no mail with a code has come");
  await page.fill("#otp", mail.codes[0]);
  await page.click("form button[type=submit]");
  await page.leaves(pages.signUp);
}

export async function signIn(page: Page, { address }: App, pages: UserPages): Promise<void> {
  await page.forget();
  await page.open(address + pages.signIn);
  await fillIn(page);
  await page.leaves(pages.signIn);
}

async function fillIn(page: Page): Promise<void> {
  await page.fill("#email", EMAIL);
  await page.fill("#password", PASSWORD);
  await page.click("form button[type=submit]");
}
