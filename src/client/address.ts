/** Where requests go: paths, queries and redirects. */
import { OperationError, UsageError } from "../core/errors.ts";

/** Servers and the HTTP client refuse longer ones, some with an error that says something else. */
const LONGEST_ADDRESS = 60_000;

/**
 * Joins path segments, each percent-encoded.
 * @throws {UsageError} for `.` and `..`, which lead elsewhere however they are encoded, for an
 * empty segment and for half a surrogate pair
 */
export function path(...segments: string[]): string {
  return segments.map((segment) => {
    if (/^\.{0,2}$/.test(segment) || !segment.isWellFormed()) {
      throw new UsageError(`${JSON.stringify(segment)} cannot be a name.`, {
        hint: "Check the argument: no server can be asked for it.",
      });
    }
    return `/${encodeURIComponent(segment)}`;
  }).join("");
}

/**
 * The address of a request.
 * @param path below the base address, or an address of its own
 * @throws {OperationError} for what a server gave that is none @throws {UsageError} when too long
 */
export function addressOf(
  baseUrl: string,
  path: string,
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
): URL {
  const address = /^https?:/.test(path) ? path : baseUrl + path;
  const url = URL.parse(address);
  if (!url) {
    throw new OperationError(`${JSON.stringify(address)} is no address.`, "INVALID_RESPONSE", {
      hint: "Check that the server is an InsForge backend.",
    });
  }
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  if (url.href.length > LONGEST_ADDRESS) {
    throw new UsageError("A name or value is too long for an address.", {
      hint: `All in all it may have ${LONGEST_ADDRESS} characters, once it is encoded.`,
    });
  }
  return url;
}

/** Where a redirect leads. @throws {OperationError} for what is no address on the web */
export function redirectedTo(location: string, from: URL): URL {
  const url = URL.parse(location, from);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new OperationError(
    `${from.host} redirected ${from.pathname} to what is no http(s) address.`,
    "REDIRECTED",
    { hint: "Check the address of the host." },
  );
}

/** The host of a redirect, in words. */
export function hostOf(location: string, base: URL): string {
  return URL.canParse(location, base.href) ? new URL(location, base).host : "an invalid address";
}
