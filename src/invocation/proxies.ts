/** The proxies that the environment names, as errors speak of them. */
import { environmentVariable } from "../core/environment.ts";

/** Plain data: it crosses to the worker, which gets no credentials. */
export interface Proxies {
  readonly named: readonly Proxy[];
  /** The entries of NO_PROXY. */
  readonly direct: readonly string[];
}

interface Proxy {
  /** The scheme of the addresses that it is for, with a colon; absent where it is for all. */
  readonly scheme?: string;
  /** Name and port, without credentials. */
  readonly host: string;
  readonly variable: string;
}

/** In the order in which Deno asks them. */
const VARIABLES = [
  ["ALL_PROXY", undefined],
  ["HTTPS_PROXY", "https:"],
  ["HTTP_PROXY", "http:"],
] as const;

/** Reads them; undefined where there are none. Needs the launcher's permissions. */
export function readProxies(): Proxies | undefined {
  const named = VARIABLES.flatMap(([name, scheme]) => {
    const variable = [name, name.toLowerCase()].find(environmentVariable);
    if (!variable) return [];
    const value = environmentVariable(variable)!;
    const host = URL.parse(/:\/\//.test(value) ? value : `http://${value}`)?.host || value;
    return [{ scheme, host, variable }];
  });
  if (named.length === 0) return undefined;
  const direct = environmentVariable("NO_PROXY") ?? environmentVariable("no_proxy") ?? "";
  return { named, direct: direct.split(",").map((entry) => entry.trim()).filter(Boolean) };
}

/** The proxy on the way to an address. Ranges of addresses in NO_PROXY are not looked into. */
export function proxyFor({ protocol, hostname }: URL, proxies: Proxies | undefined) {
  const isDirect = proxies?.direct.some((entry) => {
    const name = entry.replace(/^\*?\./, "");
    return entry === "*" || hostname === name || hostname.endsWith(`.${name}`);
  });
  if (isDirect) return undefined;
  return proxies?.named.find(({ scheme }) => scheme === undefined || scheme === protocol);
}
