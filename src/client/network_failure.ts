/** Names why a request got no answer. */
import { CliError, NetworkError, OperationError } from "../core/errors.ts";
import { ExitCode } from "../core/exit_codes.ts";

/** The proxy on the way to a host, without its credentials. */
export interface NamedProxy {
  /** Name and port. */
  readonly host: string;
  /** The variable of the environment that names it. */
  readonly variable: string;
}

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
    pattern: /opening CA file|pem file/i,
    says: () => "The file of certificate authorities that the environment names cannot be used.",
    hint: "Mend or unset NODE_EXTRA_CA_CERTS, SSL_CERT_FILE or DENO_CERT.",
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
    hint: "Check the address and its port; where it is to go without TLS, it begins with http://",
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
];

/** How the HTTP client begins what failed before there was a connection to send anything on. */
const CONNECTING = /client error \(Connect\)/;

/**
 * Turns what `fetch` throws into an error that names the host and the cause; errors that already
 * say so pass through. A host outside of the sandbox gets the way to allow it, and a proxy on the
 * way to it is named where it is what failed.
 */
export function networkFailure(
  error: unknown,
  url: URL,
  timeoutMs: number,
  { proxy, distrust }: { readonly proxy?: NamedProxy; readonly distrust?: string } = {},
): unknown {
  if (error instanceof CliError) return error;
  if (error instanceof Deno.errors.NotCapable) return hostNotAllowed(url, error);
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new NetworkError(
      `${url.host} did not answer within ${Math.round(timeoutMs / 100) / 10} s.`,
      { hint: "Check the network connection, or try again later.", cause: error },
    );
  }
  const text = describe(error);
  if (proxy && /proxy authentication required/i.test(text)) {
    return wantsCredentials(proxy, url, error);
  }
  if (proxy && /unsuccessful tunnel/i.test(text)) return refusedByProxy(proxy, url, error);
  const cause = CAUSES.find(({ pattern }) => pattern.test(text));
  if (proxy && cause?.ofProxy) {
    return new NetworkError(
      `Cannot reach ${url.host}: the proxy ${named(proxy)} ${cause.ofProxy}.`,
      { hint: hintOn(proxy, url), cause: error },
      false,
    );
  }
  return new NetworkError(
    cause ? cause.says(url.host) : `The request to ${url.host} failed.`,
    {
      hint: cause?.isOfTrust && distrust
        ? distrust
        : cause?.hint ?? "Check the network connection, or try again later.",
      cause: error,
    },
    (!cause || cause.mayHaveArrived === true) && !CONNECTING.test(text),
  );
}

/** A proxy that answers 407 (RFC 9110, section 15.5.8). */
export function wantsCredentials(proxy: NamedProxy, url: URL, cause?: unknown): CliError {
  return new OperationError(
    `The proxy ${named(proxy)} wants a name and a password for the way to ${url.host}.`,
    "PROXY_REFUSED",
    { hint: `Give them in ${proxy.variable}, as in http://NAME:PASSWORD@${proxy.host}`, cause },
  );
}

/** A proxy that answers CONNECT with another status; the HTTP client does not say which. */
function refusedByProxy(proxy: NamedProxy, url: URL, cause: unknown): CliError {
  return new OperationError(
    `The proxy ${named(proxy)} refuses connections to ${url.host}.`,
    "PROXY_REFUSED",
    { hint: `${hintOn(proxy, url)} Else whoever runs the proxy has to allow it.`, cause },
  );
}

function named({ host, variable }: NamedProxy): string {
  return `${host}, which ${variable} names,`;
}

function hintOn({ variable }: NamedProxy, { hostname }: URL): string {
  return `Check ${variable}, or add ${hostname} to NO_PROXY if it is to be reached without it.`;
}

function hostNotAllowed(url: URL, cause: Error): CliError {
  return new CliError(
    `This command may not reach ${url.host}.`,
    "HOST_NOT_ALLOWED",
    ExitCode.general,
    {
      hint:
        `If you trust it, set INSFORGE_ALLOW_HOSTS=${url.host} or add it to "allowed_hosts" in ` +
        "~/.insforge/config.json.",
      cause,
    },
  );
}

/** The messages of an error and its causes, without the URL, which could mislead the patterns. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message.replace(/for url \([^)]*\)/, "");
  return error.cause ? `${text} ${describe(error.cause)}` : text;
}
