/** The one place that sends requests: time limits, retries, redirects and error mapping. */
import { readAtMost } from "../core/bounded_body.ts";
import type { Clock } from "../core/clock.ts";
import { AuthError, type CliError, NetworkError, OperationError } from "../core/errors.ts";
import { parseExactJson } from "../core/exact_json.ts";
import type { Message } from "../core/http_connection.ts";
import type { NamedProxy } from "../invocation/proxies.ts";
import { addressOf, hostOf, redirectedTo } from "./address.ts";
import { alongProxy, answerOfProxy } from "./proxy_failure.ts";
import { isSizedBody, type SizedBody, StreamedBlob } from "./sized_body.ts";
import { bounded, type Bounds, withIdleTimeout } from "./time_limits.ts";
import { wholeBody } from "./whole_body.ts";

/** How one server is spoken to. */
export interface HttpSettings {
  /** Scheme, host and base path, without a trailing slash. */
  readonly baseUrl: string;
  /** The bearer of each request, asked for anew at every attempt; none sends no header. */
  readonly bearer: () => Promise<string | undefined>;
  /** Turns an answer that is no success into the error of this family of servers. */
  readonly toError: (refusal: Refusal, request: RequestFacts) => CliError;
  /** Called once a request after a 401; true means that another try has new credentials. */
  readonly renew?: () => Promise<boolean>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly userAgent: string;
  /** Sees every attempt, without credentials and bodies. */
  readonly trace?: (line: string) => void;
  /** Is told why nothing goes on for a while. */
  readonly onWait?: (message: string) => void;
  /**
   * Holds the request that was last answered with JSON, so that what is wrong with it has a name.
   */
  readonly journal?: { answered?: RequestFacts };
  /** The proxy on the way to an address, if the environment names one. */
  readonly proxyOf?: (url: URL) => NamedProxy | undefined;
  /** What is wrong with the certificate authorities that the environment names. */
  readonly distrust?: string;
  /** Sends one request, and follows no redirect; `fetch` does unless another way is given. */
  readonly send?: (url: URL, message: Message) => Promise<Response>;
}

/** The settings that are the same for every server that a command speaks to. */
export type SharedSettings = Pick<
  HttpSettings,
  | "clock"
  | "signal"
  | "userAgent"
  | "trace"
  | "onWait"
  | "journal"
  | "proxyOf"
  | "distrust"
  | "send"
>;

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  /** Its body; empty where that is longer than any reason. */
  readonly text: string;
}

/** What an error message may say about a request. */
export interface RequestFacts {
  readonly method: string;
  readonly url: URL;
  /** Seconds that the server wants a client to wait. */
  readonly retryAfter?: number;
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** A value sent as JSON. */
  readonly json?: unknown;
  /**
   * A body; a function is called for each attempt, as a stream can be read only once. The length of
   * a stream is sent with a {@link SizedBody} alone.
   */
  readonly body?: BodyInit | SizedBody | (() => BodyInit);
  readonly headers?: Readonly<Record<string, string>>;
  /** The wait for the response's head and, for `json()`, its body; for streams, between chunks. */
  readonly timeoutMs?: number;
  /** Whether repeating the request changes nothing more: by default for GET and HEAD alone. */
  readonly idempotent?: boolean;
  /** Statuses, beside 2xx, that the caller handles itself. */
  readonly accept?: (status: number) => boolean;
  /** Leave the bearer out: for presigned addresses. */
  readonly anonymous?: boolean;
  /** Let `json()` keep numbers as they stand, see {@link parseExactJson}. */
  readonly exact?: boolean;
  /** Answer a redirect as it is; it must be one of the statuses that `accept` takes. */
  readonly keepRedirects?: boolean;
}

/** Bytes of what says why a request was refused. */
const MOST_REASON = 1024 ** 2;
const MAX_RETRIES = 3;
const MAX_REDIRECTS = 5;
const BACKOFF_MS = 200;
/** In seconds, as the server asks for it. */
const LONGEST_RETRY_AFTER = 60;
const TRANSIENT = new Set([408, 429, 502, 503, 504]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Whether a later try of the same request may well succeed. */
export function isTransientStatus(status: number): boolean {
  return TRANSIENT.has(status);
}

/** A client of one server. All of its errors are {@link CliError}s. */
export class HttpClient {
  readonly #settings: HttpSettings;

  constructor(settings: HttpSettings) {
    this.#settings = settings;
  }

  /** The server's address, without a trailing slash. */
  get baseUrl(): string {
    return this.#settings.baseUrl;
  }

  /** The same client, whose requests end when `signal` is aborted as well. */
  endedBy(signal: AbortSignal): HttpClient {
    const { signal: own, ...settings } = this.#settings;
    return new HttpClient({ ...settings, signal: AbortSignal.any([own, signal]) });
  }

  /**
   * Sends a request and parses the JSON answer; `undefined` for an empty body, but not for 200 to a
   * GET.
   */
  async json<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const { response, url, abandon } = await this.#attempt(method, path, options);
    const bounds = this.#bounds(url, options, abandon);
    const answered = `${url.host} answered ${method} ${url.pathname}`;
    const bytes = await wholeBody(response, answered, (reading) => bounded(reading, bounds));
    const text = new TextDecoder().decode(bytes);
    if (this.#settings.journal) this.#settings.journal.answered = { method, url };
    if (text.trim() === "" && (method !== "GET" || response.status === 204)) return undefined as T;
    try {
      return (options.exact ? parseExactJson(text) : JSON.parse(text)) as T;
    } catch (error) {
      const hint = "Try again; if it goes on, check that the address is that of an InsForge " +
        "backend.";
      const proxy = url.protocol === "http:" ? this.#settings.proxyOf?.(url) : undefined;
      throw new OperationError(
        `${answered} with something that is not JSON.`,
        "INVALID_RESPONSE",
        { hint: proxy ? `${hint} ${alongProxy(proxy)}` : hint, cause: error },
      );
    }
  }

  /** Sends a request and answers the response, whose body fails when it stalls. */
  async stream(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { response, url, abandon } = await this.#attempt(method, path, options);
    return withIdleTimeout(response, this.#bounds(url, options, abandon));
  }

  /** The same, where whoever reads the body bounds that itself. */
  async unbounded(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    return (await this.#attempt(method, path, options)).response;
  }

  async #attempt(method: string, path: string, options: RequestOptions) {
    const url = addressOf(this.#settings.baseUrl, path, options.query);
    const canRepeat = options.idempotent ?? (method === "GET" || method === "HEAD");
    let renewed = false;
    for (let tries = 0;; tries++) {
      const hasTries = tries < MAX_RETRIES;
      const abandon = new AbortController();
      let response: Response;
      try {
        response = await this.#send(method, url, options, abandon);
      } catch (error) {
        if (!canRepeat || !hasTries || !isRetryable(error)) throw error;
        await this.#pause(tries, url);
        continue;
      }
      if (response.ok || options.accept?.(response.status)) {
        return { response, url, abandon };
      }
      if (response.status === 401 && this.#settings.renew && !renewed && !options.anonymous) {
        renewed = true;
        const isRenewed = await this.#settings.renew().catch(async (error) => {
          await response.body?.cancel();
          throw error;
        });
        if (isRenewed) {
          await response.body?.cancel();
          continue;
        }
      }
      const retryAfter = retryAfterOf(response, this.#settings.clock.now());
      const isWorthIt = TRANSIENT.has(response.status) && (retryAfter ?? 0) <= LONGEST_RETRY_AFTER;
      // A server that says when to come again has done nothing of what it was asked for.
      const wasRefused = response.status === 429 && retryAfter !== undefined;
      if ((canRepeat || wasRefused) && hasTries && isWorthIt) {
        await response.body?.cancel();
        await this.#pause(tries, url, retryAfter);
        continue;
      }
      const proxy = this.#settings.proxyOf?.(url);
      const refused = proxy && answerOfProxy(response, proxy, url);
      if (refused) {
        await response.body?.cancel();
        throw refused;
      }
      const bounds = this.#bounds(url, options, abandon);
      const said = await bounded(readAtMost(response, MOST_REASON), bounds);
      const refusal = { status: response.status, text: new TextDecoder().decode(said) };
      throw this.#settings.toError(refusal, { method, url, retryAfter });
    }
  }

  async #send(
    method: string,
    first: URL,
    options: RequestOptions,
    abandon: AbortController,
  ): Promise<Response> {
    const signal = AbortSignal.any([this.#settings.signal, abandon.signal]);
    let url = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const { headers, body } = await this.#messageFor(url, first, options);
      this.#settings.trace?.(`${method} ${url.origin}${url.pathname}`);
      const { send = fetchAlone } = this.#settings;
      const request = send(url, { method, headers, body, signal }).catch((error) => {
        throw body instanceof StreamedBlob && body.failure ? body.failure.error : error;
      });
      const response = await bounded(request, {
        ...this.#bounds(url, options, abandon),
        redirectedBy: redirects > 0 ? first.host : undefined,
      });
      this.#settings.trace?.(`${response.status} ${method} ${url.origin}${url.pathname}`);
      const location = response.headers.get("location");
      if (!REDIRECTS.has(response.status) || !location || options.keepRedirects) return response;
      await response.body?.cancel();
      if (method !== "GET" && method !== "HEAD") {
        throw new OperationError(
          `${url.host} redirected ${method} ${url.pathname} to ${hostOf(location, url)}.`,
          "REDIRECTED",
          { hint: "Use the address that it redirects to as the host." },
        );
      }
      url = redirectedTo(location, url);
    }
    throw new OperationError(
      `${first.host} redirected ${first.pathname} more than ${MAX_REDIRECTS} times.`,
      "REDIRECTED",
      { hint: "Check the address of the host." },
    );
  }

  /** Credentials go to the server itself only, never along with a redirect to another origin. */
  async #messageFor(url: URL, first: URL, options: RequestOptions) {
    const headers = new Headers(options.headers);
    headers.set("user-agent", this.#settings.userAgent);
    const isHome = url.origin === first.origin &&
      url.origin === new URL(this.#settings.baseUrl).origin;
    const bearer = isHome && !options.anonymous ? await this.#settings.bearer() : undefined;
    if (bearer && !headers.has("authorization")) authorize(headers, bearer, url);
    if (!isHome) headers.delete("authorization");
    if (options.json !== undefined) {
      headers.set("content-type", "application/json");
      return { headers, body: JSON.stringify(options.json) };
    }
    const body = typeof options.body === "function" ? options.body() : options.body;
    return { headers, body: isSizedBody(body) ? new StreamedBlob(body) : body };
  }

  #bounds(url: URL, { timeoutMs }: RequestOptions, abandon: AbortController): Bounds {
    const { clock, signal, proxyOf, distrust } = this.#settings;
    return { url, timeoutMs, abandon, clock, signal, proxyOf, distrust };
  }

  #pause(tries: number, url: URL, retryAfter?: number): Promise<void> {
    if (retryAfter) this.#settings.onWait?.(`${url.host} asks to wait ${retryAfter} s.`);
    const backoff = BACKOFF_MS * 2 ** tries * (0.5 + Math.random());
    const wait = retryAfter === undefined ? backoff : retryAfter * 1000;
    return this.#settings.clock.sleep(wait, this.#settings.signal);
  }
}

function fetchAlone(url: URL, message: Message): Promise<Response> {
  return fetch(url, { ...message, redirect: "manual" });
}

/** A server that did not answer in time is not asked again: the user has waited enough. */
function isRetryable(error: unknown): boolean {
  return error instanceof NetworkError && !(error.cause instanceof DOMException);
}

/** Seconds. */
function retryAfterOf(response: Response, now: Date): number | undefined {
  const value = response.headers.get("retry-after");
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now.getTime()) / 1000));
}

/** @throws {AuthError} for a key that no header can hold; the key is not shown */
function authorize(headers: Headers, bearer: string, url: URL): void {
  try {
    headers.set("authorization", `Bearer ${bearer}`);
  } catch {
    throw new AuthError(`The key for ${url.host} holds characters that no key has.`, {
      hint: "Set it anew: a line break or a quotation mark may have come along with it.",
    });
  }
}
