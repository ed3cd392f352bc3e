import { isWebAddress } from "../../core/web_address.ts";
import { readAtMost } from "../../core/bounded_body.ts";
import { isExcepted } from "../../core/no_proxy.ts";
import { authorizationFor, type NpmConfig } from "./npm_config.ts";
import { PackageError } from "./errors.ts";

/** Fetches packages and modules of other hosts: with npm's credentials, proxy and certificates. */
export interface Downloader {
  /** What an address answers with status 2xx, redirects followed. @throws {PackageError} */
  get(url: string, accept?: string): Promise<Download>;
}

interface Download {
  readonly url: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes of the largest answer: a registry that a clone names may send without end. */
const MOST_BYTES = 256 * 1024 ** 2;
const TIMEOUT_MS = 60_000;
const TRIES = 3;
const PAUSE_MS = 300;
const MAX_REDIRECTS = 10;
const TRANSIENT: readonly number[] = [408, 429, 502, 503, 504];

/** @param isOffline makes every request fail at once */
export function downloader(
  config: NpmConfig,
  { isOffline, signal }: { readonly isOffline: boolean; readonly signal?: AbortSignal },
): Downloader {
  /** Those with the proxy of npm's configuration, and without it. */
  const clients = new Map<boolean, Promise<Deno.HttpClient | undefined>>();
  function clientFor(url: string) {
    const isDirect = isExcepted(new URL(url).hostname, config.direct ?? []);
    let client = clients.get(isDirect);
    if (!client) {
      clients.set(isDirect, client = newClient(isDirect ? undefined : config.proxy, config));
    }
    return client;
  }

  async function request(url: string, accept: string): Promise<Response> {
    const headers = new Headers({ accept });
    const authorization = authorizationFor(config, url);
    if (authorization) headers.set("authorization", authorization);
    const client = await clientFor(url);
    const limits = [AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])];
    for (let tries = 1;; tries++) {
      try {
        const response = await fetch(url, {
          headers,
          redirect: "manual",
          signal: AbortSignal.any(limits),
          ...{ client },
        });
        if (!TRANSIENT.includes(response.status) || tries === TRIES) return response;
        await response.body?.cancel();
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        if (tries === TRIES || error instanceof Deno.errors.NotCapable) throw failed(url, error);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
    }
  }

  return {
    async get(url, accept = "*/*") {
      if (isOffline) {
        throw new PackageError(`${shown(url)} is not in the cache.`, {
          hint: "Run it once without --cached-only.",
        });
      }
      requireWeb(url, shown(url));
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const response = await request(url, accept);
        const target = response.headers.get("location");
        if (response.ok) return { url, bytes: await whole(response, url) };
        await response.body?.cancel();
        if (response.status < 300 || response.status > 399 || !target) {
          throw new PackageError(`${shown(url)} answered ${response.status}.`, {
            hint: hintOf(response.status),
          });
        }
        url = requireWeb(URL.parse(target, url)?.href, shown(url));
      }
      throw new PackageError(`${shown(url)} redirects without end.`);
    },
  };
}

async function whole(response: Response, url: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readAtMost(response, MOST_BYTES);
  if (bytes) return bytes;
  throw new PackageError(`${shown(url)} has more than ${MOST_BYTES / 1024 ** 2} MiB.`, {
    hint: "Choose a package that is made for edge functions.",
  });
}

async function newClient(
  proxy: string | undefined,
  { certificates }: NpmConfig,
): Promise<Deno.HttpClient | undefined> {
  const text = certificates && await Deno.readTextFile(certificates).catch(() => undefined);
  const authorities = text?.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g);
  if (!proxy && !authorities) return undefined;
  return Deno.createHttpClient({
    ...(proxy ? { proxy: { url: proxy } } : {}),
    ...(authorities ? { caCerts: authorities } : {}),
  });
}

function failed(url: string, error: unknown): PackageError {
  const { host } = new URL(url);
  if (error instanceof Deno.errors.NotCapable) {
    return new PackageError(`${shown(url)} is on a host that is not allowed.`, {
      hint: `Allow it with INSFORGE_ALLOW_HOSTS=${host}.`,
      cause: error,
    });
  }
  const text = messagesOf(error);
  const [, why, hint] = CAUSES.find(([pattern]) => pattern.test(text))!;
  return new PackageError(`${host} ${why}, which ${shown(url)} comes from.`, {
    hint,
    cause: error,
  });
}

const PROXY = "HTTPS_PROXY and HTTP_PROXY name proxies, and `https-proxy` and `proxy` in the " +
  "user's .npmrc; NO_PROXY names hosts that are reached without one.";

/** What the HTTP client says, what it means, and what to do. */
const CAUSES: readonly (readonly [RegExp, string, string?])[] = [
  [
    /proxy authentication required/i,
    "is not reached: the proxy on the way wants a name and a password",
    PROXY,
  ],
  [/tunnel/i, "is not reached: the proxy on the way refuses it", PROXY],
  [/timed out/i, "does not answer"],
  [/certificate/i, "shows a certificate that is not trusted"],
  [/(?:)/, "cannot be reached", `Check the network connection. ${PROXY}`],
];

function messagesOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause ? `${error.message} ${messagesOf(error.cause)}` : error.message;
}

function hintOf(status: number): string | undefined {
  if (status === 404) return "Check its name and version.";
  if (status === 401 || status === 403) return "Check the credentials in .npmrc.";
  return undefined;
}

/**
 * Hosts and lock files name addresses.
 * @throws {PackageError} for what is no address of a host
 */
function requireWeb(url: string | undefined, named: string): string {
  if (url !== undefined && isWebAddress(url)) return url;
  throw new PackageError(`${named} leads to what is no address of the web.`, {
    hint: "Remove the import, and insforge/functions/deno.lock or .npmrc if they lead there.",
  });
}

/** An address without what may be secret in it. */
function shown(url: string): string {
  const { protocol, host, pathname } = URL.parse(url) ?? {};
  if (pathname === undefined) return url;
  let path = pathname;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    // It is shown as it came.
  }
  return `${protocol}//${host}${path}`;
}
