/** The proxy that the environment names. */
import { environmentVariable } from "../core/environment.ts";

const PROXIES = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const LOOPBACK = "localhost,127.0.0.1,::1";

/**
 * Has this process, and those that it starts, reach this machine without the proxy of the
 * environment.
 */
export function keepLoopbackDirect(): void {
  if (!PROXIES.some(environmentVariable)) return;
  const direct = environmentVariable("NO_PROXY") ?? environmentVariable("no_proxy");
  Deno.env.set("NO_PROXY", direct ? `${direct},${LOOPBACK}` : LOOPBACK);
}
