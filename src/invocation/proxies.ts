/** The proxies that the environment names, as errors speak of them. */
import { environmentVariable } from "../core/environment.ts";
import { isExcepted } from "../core/no_proxy.ts";

/** Plain data: it crosses to the worker, which gets no credentials. */
export interface Proxies {
  readonly named: readonly Proxy[];
  /** The entries of NO_PROXY, in lower case. */
  readonly direct: readonly string[];
}

/** The proxy on the way to a host, without its credentials. */
export interface NamedProxy {
  /** Name and port; of one that cannot be used, what the variable holds. */
  readonly host: string;
  /** The variable of the environment that names it. */
  readonly variable: string;
  /** Whether the variable gives a name and a password. */
  readonly hasCredentials?: boolean;
  /** Whether requests go without it, as what the variable holds is no proxy's address. */
  readonly isUnusable?: boolean;
}

interface Proxy extends NamedProxy {
  /** The scheme of the addresses that it is for, with a colon; absent where it is for all. */
  readonly scheme?: string;
}

/** In the order in which Deno asks them. */
const VARIABLES = [
  ["ALL_PROXY", undefined],
  ["HTTPS_PROXY", "https:"],
  ["HTTP_PROXY", "http:"],
] as const;

/** The schemes of proxies that Deno knows; it goes without others. */
const KNOWN: readonly string[] = ["http:", "https:", "socks5:", "socks5h:"];

/** Reads them; undefined where there are none. Needs the launcher's permissions. */
export function readProxies(): Proxies | undefined {
  const named = VARIABLES.flatMap(([name, scheme]) => {
    const found = [name, name.toLowerCase()].flatMap((variable) => {
      const value = environmentVariable(variable);
      return value ? [{ scheme, ...readProxy(variable, value) }] : [];
    });
    return found.find(({ isUnusable }) => !isUnusable) ?? found[0] ?? [];
  });
  return named.length > 0 ? { named, direct: readDirect() } : undefined;
}

function readProxy(variable: string, value: string): NamedProxy {
  const url = URL.parse(/:\/\//.test(value) ? value : `http://${value}`);
  if (!url?.host || !KNOWN.includes(url.protocol)) {
    return { variable, host: value, isUnusable: true };
  }
  return { variable, host: url.host, hasCredentials: url.username !== "" };
}

/** The hosts that no proxy is for; this machine is always one. */
function readDirect(): string[] {
  const named = environmentVariable("NO_PROXY") ?? environmentVariable("no_proxy") ?? "";
  return [...named.split(","), ...LOOPBACK]
    .map((entry) => entry.trim().toLowerCase().replace(/^\*\./, "."))
    .filter((entry, i, all) => entry && all.indexOf(entry) === i);
}

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

/** The proxy on the way to an address. */
export function proxyFor(
  { protocol, hostname }: URL,
  proxies: Proxies | undefined,
): NamedProxy | undefined {
  if (isExcepted(hostname, proxies?.direct ?? [])) return undefined;
  return proxies?.named.find(({ scheme }) => scheme === undefined || scheme === protocol);
}
