/** Says what the proxy on the way to a host did, where that is what failed. */
import { type CliError, NetworkError, OperationError } from "../core/errors.ts";
import type { NamedProxy } from "../invocation/proxies.ts";

/**
 * The error of a proxy that does not lead to a host.
 * @param text what the HTTP client says of the connection; it does not give the proxy's status
 * @returns undefined where the connection failed beyond the proxy, or may have
 */
export function proxyFailure(
  text: string,
  proxy: NamedProxy,
  url: URL,
  cause?: unknown,
): CliError | undefined {
  if (/proxy authentication required/i.test(text)) return wantsCredentials(proxy, url, cause);
  if (/unsuccessful tunnel/i.test(text)) {
    return refused(`refuses connections to ${url.host}`, proxy, url, cause);
  }
  if (/\btunnel|\bsocks/i.test(text)) {
    return new NetworkError(
      `Cannot reach ${url.host}: the proxy ${named(proxy)} closed the connection.`,
      { hint: hintOn(proxy, url), cause },
      false,
    );
  }
  return undefined;
}

/** A proxy that cannot be connected to. @param what what is wrong, such as "cannot be found" */
export function unreachableProxy(
  what: string,
  proxy: NamedProxy,
  url: URL,
  cause: unknown,
): NetworkError {
  return new NetworkError(
    `Cannot reach ${url.host}: the proxy ${named(proxy)} ${what}.`,
    { hint: hintOn(proxy, url), cause },
    false,
  );
}

/**
 * The error of an answer that is the proxy's own: 407 (RFC 9110, section 15.5.8), and, where it
 * passes requests on without a tunnel, a refusal or a page that no InsForge backend answers.
 */
export function answerOfProxy(
  { status, headers }: Response,
  proxy: NamedProxy,
  url: URL,
): CliError | undefined {
  if (status === 407) return wantsCredentials(proxy, url);
  const isPage = !/\b(json|xml)\b/.test(headers.get("content-type") ?? "");
  if (url.protocol !== "http:" || !isPage || !REFUSALS.includes(status)) return undefined;
  return refused(`answers for ${url.host} with status ${status}`, proxy, url);
}

const REFUSALS: readonly number[] = [403, 502, 503, 504, 511];

/** What a hint adds where it cannot be known whether the proxy or what is behind it failed. */
export function alongProxy(proxy: NamedProxy): string {
  return proxy.isUnusable
    ? `What ${proxy.variable} holds is no address of a proxy, such as http://127.0.0.1:3128, ` +
      "and was not followed."
    : `The way leads through the proxy ${named(proxy).replace(/,$/, "")}.`;
}

function wantsCredentials(proxy: NamedProxy, url: URL, cause?: unknown): CliError {
  const { host, variable, hasCredentials } = proxy;
  return new OperationError(
    hasCredentials
      ? `The proxy ${named(proxy)} does not accept the name and the password that are given there.`
      : `The proxy ${named(proxy)} wants a name and a password for the way to ${url.host}.`,
    "PROXY_REFUSED",
    { hint: `Give them in ${variable}, as in http://NAME:PASSWORD@${host}`, cause },
  );
}

function refused(what: string, proxy: NamedProxy, url: URL, cause?: unknown): CliError {
  return new OperationError(`The proxy ${named(proxy)} ${what}.`, "PROXY_REFUSED", {
    hint: `${hintOn(proxy, url)} Else whoever runs the proxy has to allow it.`,
    cause,
  });
}

function named({ host, variable }: NamedProxy): string {
  return `${host}, which ${variable} names,`;
}

function hintOn({ variable }: NamedProxy, { hostname }: URL): string {
  return `Check ${variable}, or add ${hostname} to NO_PROXY if it is to be reached without it.`;
}
