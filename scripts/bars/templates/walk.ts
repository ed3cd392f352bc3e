import type { Framework } from "../app_server.ts";
import type { Page } from "../browser.ts";
import type { LocalBackend } from "../local_backend.ts";

/** An app that is made of a template. */
export interface App {
  readonly backend: LocalBackend;
  /** Where its sources are. */
  readonly folder: string;
  /** Where it will be served. */
  readonly address: string;
}

/** A person's way through an app. */
export interface Walk {
  readonly framework: Framework;
  /** The template below it, of one that is laid over another. */
  readonly over?: string;
  /** Versions of packages that its code needs, where it takes newer ones that it does not fit. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Where its users sign up and in; none in an app that knows no users. */
  readonly users?: UserPages;
  /** Variables beside those of `insforge env pull`. */
  env?(app: App): Promise<Record<string, string>>;
  /** What the template has its reader do when its packages and migrations are there. */
  prepare?(app: App): Promise<void>;
  /** What somebody does there who has not signed up. */
  visit?(page: Page, app: App): Promise<void>;
  /** The app's main thing. @returns the text that has to be there after a reload */
  main(page: Page, app: App): Promise<string>;
  /** Ends the session. */
  signOut?(page: Page): Promise<void>;
}

/** Where users sign up and in, and how it goes on there. */
export interface UserPages {
  readonly signUp: string;
  readonly signIn: string;
  /** Whether the app has a page for the code of a mail; else it takes users unconfirmed. */
  readonly hasCodePage: boolean;
}

/** Those of most templates. */
export const USER_PAGES: UserPages = {
  signUp: "/auth/sign-up",
  signIn: "/auth/sign-in",
  hasCodePage: true,
};
