import type { LocalBackend } from "./local_backend.ts";
import type { Page } from "./browser.ts";

/** A person's way through an app made of a template. */
export interface Walk {
  /** What the app is built and served with. */
  readonly framework: "next" | "vite";
  /** SQL that the template asks its reader to write. */
  readonly sql?: string;
  /** Whether it knows users. */
  readonly hasUsers: boolean;
  /** The app's main thing. @returns the text that has to be there after a reload */
  main(page: Page, address: string): Promise<string>;
  /** Ends the session, as far as it has users. */
  signOut?(page: Page): Promise<void>;
}

const TODO = "Buy a lamp";

const TODOS = `CREATE TABLE todos (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES auth.users (id) DEFAULT auth.uid(),
    title text NOT NULL, is_complete boolean DEFAULT false, created_at timestamptz DEFAULT now());
  ALTER TABLE todos ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON todos TO authenticated
    USING (auth.uid() = user_id) WITH CHECK (auth.uid() = user_id);`;

/** Adds a todo on the page that a starter keeps for its users, and ticks it. */
async function starterTodo(page: Page, address: string): Promise<string> {
  await page.open(`${address}/protected`);
  await page.fill("input[name=title]", TODO);
  await page.click("form button[type=submit]", "Add");
  await page.click("button[aria-label='Mark as complete']");
  await page.until(
    "document.querySelector(\"[aria-label='Mark as incomplete']\")",
    "a ticked todo",
  );
  return TODO;
}

export const WALKS: Readonly<Record<string, Walk>> = {
  todo: {
    framework: "next",
    hasUsers: false,
    async main(page, address) {
      await page.open(address);
      await page.fill("input[type=text]", TODO);
      await page.click("form button[type=submit]");
      await page.shows(TODO);
      await page.click("li button");
      await page.until("document.querySelector('li p.line-through')", "a ticked todo");
      return TODO;
    },
  },
  react: {
    framework: "vite",
    hasUsers: true,
    sql: TODOS,
    main: starterTodo,
    signOut: (page) => page.click("button", "Logout"),
  },
};

const EMAIL = "ada@example.com";
const PASSWORD = "Correct-horse-1";

/** Fills in the form of a new user. */
export async function signUp(page: Page, address: string): Promise<void> {
  await page.open(`${address}/auth/sign-up`);
  await page.fill("#name", "Ada");
  await page.fill("#email", EMAIL);
  await page.fill("#password", PASSWORD);
  await page.click("form button[type=submit]");
  await page.shows("6-digit code");
}

/** Types in the code of the mail that the inbox holds. */
export async function confirm(page: Page, backend: LocalBackend): Promise<void> {
  const [mail] = await backend.mailsTo(EMAIL);
  if (!mail?.codes[0]) throw new Error("no mail with a code has come");
  await page.fill("#otp", mail.codes[0]);
  await page.click("form button[type=submit]");
  await page.leaves("/auth/sign-up");
}

export async function signIn(page: Page, address: string): Promise<void> {
  await page.forget();
  await page.open(`${address}/auth/sign-in`);
  await page.fill("#email", EMAIL);
  await page.fill("#password", PASSWORD);
  await page.click("form button[type=submit]");
  await page.leaves("/auth/sign-in");
}
