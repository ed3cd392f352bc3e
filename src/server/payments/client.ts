/** Stripe's API: forms with bracketed names in, JSON out. */
import { fetchFailure } from "../../core/fetch_failure.ts";
import { readAtMost } from "../../core/bounded_body.ts";
import { ApiError, type ErrorStatus } from "../http/api_error.ts";
import { STRIPE_VERSION } from "./types.ts";

const STRIPE = "https://api.stripe.com";
/** Milliseconds that Stripe may take to answer. */
const PATIENCE = 30_000;
/** Bytes of its answer. */
const MOST_BYTES = 64 * 1024 ** 2;

/** What a form holds; what is undefined is left out. */
export type Form = { readonly [name: string]: FormValue | undefined };
type FormValue = string | number | boolean | Form | readonly FormValue[];

/** A client with one key; no error of its holds the key. */
export class StripeClient {
  readonly #key: string;
  readonly #base: string;

  /** @param base another address than Stripe's */
  constructor(key: string, base = STRIPE) {
    this.#key = key;
    this.#base = base.replace(/\/+$/, "");
  }

  /** @throws {ApiError} what Stripe refuses, or 502 when it does not answer */
  get<T>(path: string, query: Form = {}): Promise<T> {
    const text = encodeForm(query);
    return this.#send("GET", text ? `${path}?${text}` : path);
  }

  /**
   * @param idempotencyKey whatever is sent again with it is done once
   * @throws {ApiError} what Stripe refuses, or 502 when it does not answer
   */
  post<T>(path: string, form: Form, idempotencyKey?: string): Promise<T> {
    return this.#send("POST", path, encodeForm(form), idempotencyKey);
  }

  /** @throws {ApiError} what Stripe refuses, or 502 when it does not answer */
  delete<T>(path: string): Promise<T> {
    return this.#send("DELETE", path);
  }

  /** All of a list, page by page. @throws {ApiError} */
  async list<T extends { readonly id: string }>(path: string, query: Form = {}): Promise<T[]> {
    const all: T[] = [];
    for (let more = true; more;) {
      const page = await this.get<{ data: T[]; has_more: boolean }>(path, {
        limit: 100,
        starting_after: all.at(-1)?.id,
        ...query,
      });
      all.push(...page.data);
      more = page.has_more && page.data.length > 0;
    }
    return all;
  }

  async #send<T>(
    method: string,
    path: string,
    body?: string,
    idempotencyKey?: string,
  ): Promise<T> {
    const url = `${this.#base}/v1/${path}`;
    const { host } = new URL(url);
    const unavailable = (reason: string) =>
      new ApiError(
        502,
        "UPSTREAM_FAILURE",
        this.#withoutKey(`${host} gave no answer: ${reason}`),
        "Try again; whether Stripe is there says https://status.stripe.com.",
      );
    let response: Response;
    let bytes: Uint8Array | undefined;
    try {
      response = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${this.#key}`,
          "stripe-version": STRIPE_VERSION,
          "user-agent": "insforge",
          ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
          ...(idempotencyKey && { "idempotency-key": idempotencyKey }),
        },
        body,
        // The key is for this address alone.
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
      bytes = await readAtMost(response, MOST_BYTES);
    } catch (error) {
      throw unavailable(fetchFailure(error));
    }
    let answer: unknown;
    try {
      answer = JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      throw unavailable(`${response.status}, and no JSON`);
    }
    if (response.ok) return answer as T;
    const { error } = answer as { error?: StripeFailure };
    throw refusal(response.status, {
      ...error,
      message: this.#withoutKey(error?.message ?? `${host} answered ${response.status}`),
    });
  }

  #withoutKey(text: string): string {
    return text.replaceAll(this.#key, "****");
  }
}

/** What Stripe says of a request that failed. */
interface StripeFailure {
  readonly type?: string;
  readonly code?: string;
  readonly message?: string;
}

/** Statuses of Stripe's that are passed on. */
const PASSED_ON: readonly number[] = [400, 401, 402, 403, 404, 409, 429];

function refusal(status: number, { type, message = "" }: StripeFailure): ApiError {
  const passed = (PASSED_ON.includes(status) ? status : 502) as ErrorStatus;
  if (status === 429) return new ApiError(429, "RATE_LIMITED", message);
  if (status === 401 || status === 403) {
    return new ApiError(passed, "PAYMENT_CONFIG_INVALID", message, "Check the key of Stripe.");
  }
  const code = type === "card_error" ? "PAYMENT_METHOD_DECLINED" : "UPSTREAM_FAILURE";
  return new ApiError(passed, code, message);
}

/** A form as Stripe reads it: `line_items[0][price]=…`. */
function encodeForm(form: Form): string {
  const fields = new URLSearchParams();
  const add = (name: string, value: FormValue | undefined) => {
    if (value === undefined) return;
    if (typeof value !== "object") return fields.append(name, String(value));
    for (const [part, inner] of Object.entries(value)) add(`${name}[${part}]`, inner);
  };
  for (const [name, value] of Object.entries(form)) add(name, value);
  return fields.toString();
}

/** The key under which Stripe does something once, however often it is sent. */
export function idempotencyKeyOf(
  environment: string,
  operation: "product" | "price" | "checkout_session",
  key: string | undefined,
): string | undefined {
  return key && `insforge:${environment}:${operation}:${key}`;
}
