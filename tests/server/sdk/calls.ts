import { createClient } from "@insforge/sdk";
import { assertEquals } from "@std/assert";
import type { TestBackend } from "../../support/backend.ts";

export type Sdk = ReturnType<typeof createClient>;

/**
 * Checks that calls of the SDK do what they say, by part and method, as `auth.signUp`; what comes
 * after a space tells two checks of one method apart.
 */
export type Calls = Readonly<Record<string, (bench: Bench) => unknown>>;

export const PASSWORD = "correct horse";

/** Minutes after which the limits on mail have forgotten what was asked for. */
const LATER_MINUTES = 20;
/** Minutes that an access token is valid, less one. */
const SIGNED_IN_MINUTES = 14;

/** A clock that can be put forward. */
export class TestClock {
  #ahead = 0;
  readonly now = () => new Date(Date.now() + this.#ahead);
  forward(minutes: number): void {
    this.#ahead += minutes * 60_000;
  }
}

/** What the checks work with: a backend, its users and their mail. */
export class Bench {
  readonly backend: TestBackend;
  readonly #clock: TestClock;
  readonly #open: Sdk[] = [];
  #users = 0;
  #known?: { until: number; user: ReturnType<Bench["newUser"]> };

  constructor(backend: TestBackend, clock: TestClock) {
    this.backend = backend;
    this.#clock = clock;
  }

  /** Lets a time pass, after which mail can be asked for again. */
  later(): void {
    this.#clock.forward(LATER_MINUTES);
  }

  /** A client without a user, unless the options bring one. */
  client(options: Parameters<typeof createClient>[0] = {}): Sdk {
    const { url: baseUrl, anonKey } = this.backend;
    const sdk = createClient({ baseUrl, anonKey, isServerMode: true, ...options });
    this.#open.push(sdk);
    return sdk;
  }

  /** Another address at each call. */
  email(): string {
    return `user-${++this.#users}@example.com`;
  }

  /** A user that the checks share: hashing passwords takes time. */
  user(): ReturnType<Bench["newUser"]> {
    const now = this.#clock.now().getTime();
    if (!this.#known || this.#known.until < now) {
      this.#known = { until: now + SIGNED_IN_MINUTES * 60_000, user: this.newUser() };
    }
    return this.#known.user;
  }

  /** A new user whose address is confirmed, and a client that is signed in. */
  async newUser() {
    const email = this.email();
    const account = { email, password: PASSWORD, autoConfirm: true };
    await this.backend.request("POST", "/api/auth/users", account);
    const { data } = await this.client().auth.signInWithPassword(account);
    const { accessToken, refreshToken, user: { id } } = data!;
    const sdk = this.client({ accessToken });
    return { email, id, sdk, accessToken, refreshToken: refreshToken! };
  }

  /** The row of a user, if there is one. */
  async row(email: string) {
    const [row] = await this.backend.sql("SELECT * FROM auth.users WHERE email = $1", {
      params: [email],
      unrestricted: true,
    });
    return row;
  }

  /** The codes of the newest mail to an address. */
  async codesTo(email: string): Promise<string[]> {
    const path = `/api/local/mail?to=${encodeURIComponent(email)}&limit=1`;
    const { body } = await this.backend.request("GET", path);
    assertEquals(body.mails.length, 1, `mail to ${email}`);
    return body.mails[0].codes;
  }

  /** Fills in the page that asks who signs in. @returns the code that the app is sent */
  async consent(url: string, email: string): Promise<string> {
    const state = new URL(url).searchParams.get("state")!;
    const answer = await fetch(url.split("?")[0]!, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ state, email }),
    });
    await answer.body?.cancel();
    return new URL(answer.headers.get("location")!).searchParams.get("insforge_code")!;
  }

  close(): void {
    for (const sdk of this.#open) sdk.realtime.disconnect();
  }
}

/** The data of an answer that has to have some. */
export function dataOf<T>({ data, error }: { data: T | null; error: unknown }): T {
  assertEquals(error, null);
  return data!;
}
