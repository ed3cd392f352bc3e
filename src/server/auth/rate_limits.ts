import { createMiddleware } from "hono/factory";
import { ApiError } from "../http/api_error.ts";
import type { LocalBackend, RequestContext, RequestVariables } from "../services.ts";

/** How often one client address may ask. */
interface Limit {
  /** What is asked for, in the plural. */
  what: string;
  most: number;
  minutes: number;
  /** Whether only what is refused counts. */
  failuresOnly?: boolean;
}

/** Counts the requests of each client address; the numbers are the real backend's. */
class RateLimit {
  readonly #limit: Limit;
  readonly #clock: () => Date;
  readonly #windows = new Map<string, { until: number; count: number }>();

  constructor({ clock }: { clock(): Date }, limit: Limit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Lets a request pass, or answers it with 429. */
  readonly guard = createMiddleware<RequestVariables>(async (context, next) => {
    const forgive = this.count(context);
    await next();
    if (context.res.status < 400) forgive();
  });

  /**
   * Counts a request.
   * @returns takes it back when it succeeded and only failures count
   * @throws {ApiError} 429 when there were too many
   */
  count(context: RequestContext): () => void {
    const { most, minutes, what, failuresOnly } = this.#limit;
    const now = this.#clock().getTime();
    for (const [address, { until }] of this.#windows) {
      if (until <= now) this.#windows.delete(address);
    }
    const { remoteAddress } = context.env;
    const window = this.#windows.get(remoteAddress) ?? { until: now + minutes * 60_000, count: 0 };
    this.#windows.set(remoteAddress, window);
    const seconds = Math.ceil((window.until - now) / 1000);
    context.header("RateLimit-Limit", String(most));
    context.header("RateLimit-Remaining", String(Math.max(0, most - window.count - 1)));
    context.header("RateLimit-Reset", String(seconds));
    if (window.count >= most) {
      context.header("Retry-After", String(seconds));
      throw new ApiError(
        429,
        "TOO_MANY_REQUESTS",
        `Too many ${what} from this address. Try again in ${Math.ceil(seconds / 60)} min`,
        "The local backend counts anew when it is started again.",
      );
    }
    window.count++;
    return () => void (failuresOnly && window.count--);
  }
}

/** Milliseconds between two mails that anybody can have sent to one address. */
const COOLDOWN_MS = 60_000;

/** Makes who asks for mail to one address again and again wait. */
class MailCooldown {
  readonly #clock: () => Date;
  readonly #asked = new Map<string, number>();

  constructor({ clock }: { clock(): Date }) {
    this.#clock = clock;
  }

  /**
   * Notes a request for mail to an address.
   * @throws {ApiError} 429 when there was one within a minute
   */
  require(email: string): void {
    const now = this.#clock().getTime();
    for (const [address, time] of this.#asked) {
      if (time + COOLDOWN_MS <= now) this.#asked.delete(address);
    }
    const last = this.#asked.get(email);
    if (last === undefined) return void this.#asked.set(email, now);
    const wait = Math.ceil((last + COOLDOWN_MS - now) / 1000);
    throw new ApiError(
      429,
      "TOO_MANY_REQUESTS",
      `The next mail to this address can be asked for in ${wait} s`,
    );
  }
}

/** The limits of the routes that mail, and of those that take what was mailed. */
export function authLimits(backend: Pick<LocalBackend, "clock">) {
  return {
    sending: new RateLimit(backend, { what: "requests for mail", most: 5, minutes: 15 }),
    verifying: new RateLimit(backend, {
      what: "wrong codes",
      most: 10,
      minutes: 15,
      failuresOnly: true,
    }),
    idTokens: new RateLimit(backend, { what: "sign-ins", most: 30, minutes: 15 }),
    cooldown: new MailCooldown(backend),
  };
}

export type AuthLimits = ReturnType<typeof authLimits>;
