/** Names why a request got no answer. */
import { CliError, NetworkError } from "../core/errors.ts";
import { ExitCode } from "../core/exit_codes.ts";
import type { NamedProxy } from "../invocation/proxies.ts";
import { alongProxy, proxyFailure, unreachableProxy } from "./proxy_failure.ts";

interface Cause {
  readonly pattern: RegExp;
  readonly says: (host: string) => string;
  readonly hint: string;
  /** Whether the request may have arrived, if there was a connection. */
  readonly mayHaveArrived?: boolean;
  /** What it says of the proxy, where there is one: the connection was to that. */
  readonly ofProxy?: string;
  /** Whether it may be that the authorities are not known which the environment names. */
  readonly isOfTrust?: true;
}

const RESET = {
  says: (host: string) => `The connection to ${host} was reset before the answer was complete.`,
  hint: "Try again; if it goes on, check the server's logs.",
  mayHaveArrived: true,
};

/** What the environment says of certificate authorities is of no use, whatever the address. */
const NO_AUTHORITIES = /opening CA file|pem file|platform certificates|certificate store/i;

const CAUSES: readonly Cause[] = [
  {
    pattern:
      /dns error|failed to lookup|name or service not known|nodename nor servname|os error 11001|ENOTFOUND|EAI_AGAIN/i,
    says: (host) => `Cannot find the host ${host}: its name does not resolve.`,
    hint: "Check the address and the network connection.",
    ofProxy: "cannot be found: its name does not resolve",
  },
  {
    pattern: /connection refused|ECONNREFUSED|actively refused|os error (111|61|10061)\b/i,
    says: (host) => `Cannot connect to ${host}: the connection was refused.`,
    hint: "Check that the server is running and that the port is right.",
    ofProxy: "refused the connection",
  },
  {
    pattern: NO_AUTHORITIES,
    says: () => "The certificate authorities that the environment names cannot be used.",
    hint: "Mend or unset NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, DENO_CERT or DENO_TLS_CA_STORE, " +
      "which may be `system,mozilla`.",
    isOfTrust: true,
  },
  {
    pattern: /certificate expired|\bExpired\b|not valid yet|NotValidYet/,
    says: (host) =>
      `Cannot connect to ${host} securely: its TLS certificate is not valid at this time.`,
    hint: "Check this machine's clock; if it is right, the server needs a new certificate.",
  },
  {
    pattern: /NotValidForName|not valid for name/i,
    says: (host) => `Cannot connect to ${host} securely: its TLS certificate is for another name.`,
    hint: "Check the address: it has to have a name that the certificate is for.",
  },
  {
    pattern: /InvalidContentType|corrupt message/i,
    says: (host) => `Cannot connect to ${host} securely: what answers there speaks no TLS.`,
    hint: "Check the address and its port: without TLS it begins with `http://`.",
  },
  // A connection that is cut is said to lack the last words of TLS, or of its handshake.
  { pattern: /close_notify|handshake eof/i, ...RESET },
  {
    pattern: /certificate|tls|ssl|handshake/i,
    isOfTrust: true,
    says: (host) => `Cannot connect to ${host} securely: its TLS certificate was not accepted.`,
    hint: "Check the address and the clock. A certificate authority of your own is named by " +
      "NODE_EXTRA_CA_CERTS or SSL_CERT_FILE; DENO_TLS_CA_STORE=system,mozilla adds the system's.",
  },
  {
    pattern:
      /reset|closed before|broken pipe|forcibly closed|unexpected eof|incomplete|connection error|sendrequest|body|ECONNRESET|EPIPE|hang up/i,
    ...RESET,
  },
  {
    pattern: /timed out|ETIMEDOUT|os error (110|60|10060)\b/i,
    says: (host) => `Cannot reach ${host}: the connection timed out.`,
    hint: "Check the network connection, or try again later.",
    mayHaveArrived: true,
    ofProxy: "did not answer",
  },
  {
    pattern: /unreachable|no route/i,
    says: (host) => `Cannot reach ${host}: there is no route to it.`,
    hint: "Check the network connection.",
    ofProxy: "cannot be reached",
  },
  // All that is said of a WebSocket.
  {
    pattern: /tcp connect error/i,
    says: (host) => `Cannot connect to ${host}.`,
    hint: "Check that the server is running and that the port is right.",
    ofProxy: "cannot be connected to",
  },
];

/** Whether nothing was tried, for the certificate authorities that the environment names. */
export function lacksAuthorities({ cause }: NetworkError): boolean {
  return NO_AUTHORITIES.test(describe(cause));
}

/** How the HTTP client begins what failed before there was a connection to send anything on. */
const CONNECTING = /client error \(Connect\)/;

/** What a failed request was surrounded by. */
interface Surroundings {
  readonly proxy?: NamedProxy;
  /** What is wrong with the certificate authorities that the environment names. */
  readonly distrust?: string;
  /** The host that named this address. */
  readonly redirectedBy?: string;
}

/**
 * Turns what `fetch` throws into an error that names the host and the cause; errors that already
 * say so pass through. A host outside of the sandbox gets the way to allow it, and a proxy on the
 * way to it is named where it is what failed.
 */
export function networkFailure(
  error: unknown,
  url: URL,
  timeoutMs: number,
  { proxy, distrust, redirectedBy }: Surroundings = {},
): unknown {
  if (error instanceof CliError) return error;
  const along = (hint: string) => proxy ? `${hint} ${alongProxy(proxy)}` : hint;
  if (error instanceof Deno.errors.NotCapable) {
    return new CliError(
      redirectedBy
        ? `${redirectedBy} redirects to ${url.host}, which this command may not reach.`
        : `This command may not reach ${url.host}.`,
      "HOST_NOT_ALLOWED",
      ExitCode.general,
      { hint: along(allowing(url)), cause: error },
    );
  }
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new NetworkError(
      `${url.host} did not answer within ${Math.round(timeoutMs / 100) / 10} s.`,
      { hint: along("Check the network connection, or try again later."), cause: error },
    );
  }
  const text = describe(error);
  const cause = CAUSES.find(({ pattern }) => pattern.test(text));
  if (proxy && !proxy.isUnusable) {
    const failure = proxyFailure(text, proxy, url, error);
    if (failure) return failure;
    if (cause?.ofProxy) return unreachableProxy(cause.ofProxy, proxy, url, error);
  }
  return new NetworkError(
    cause ? cause.says(url.host) : `The request to ${url.host} failed.`,
    {
      hint: cause?.isOfTrust && distrust
        ? distrust
        : along(cause?.hint ?? "Check the network connection, or try again later."),
      cause: error,
    },
    (!cause || cause.mayHaveArrived === true) && !CONNECTING.test(text),
  );
}

function allowing({ host }: URL): string {
  return `If you trust it, set INSFORGE_ALLOW_HOSTS=${host} or add it to "allowed_hosts" in ` +
    "~/.insforge/config.json.";
}

/** The messages of an error and its causes, without the URL, which could mislead the patterns. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message.replace(/for url \([^)]*\)/, "");
  return error.cause ? `${text} ${describe(error.cause)}` : text;
}
