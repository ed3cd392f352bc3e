/** The network as the environment describes it: its proxy, and whom to trust. */
import { environmentVariable } from "../core/environment.ts";

const PROXIES = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const LOOPBACK = "localhost,127.0.0.1,::1";

/**
 * Has this process, and those that it starts, follow the environment's words for the network, also
 * those that Deno does not know. To be called before the first connection.
 */
export function followEnvironment(): void {
  keepLoopbackDirect();
  trustWhatOthersTrust();
}

/** This machine is reached without a proxy. */
function keepLoopbackDirect(): void {
  if (!PROXIES.some(environmentVariable)) return;
  const direct = environmentVariable("NO_PROXY") ?? environmentVariable("no_proxy");
  Deno.env.set("NO_PROXY", direct ? `${direct},${LOOPBACK}` : LOOPBACK);
}

/**
 * The variables of Node and OpenSSL for certificate authorities. Deno has one variable for a file
 * of its own, and its system store is what reads OpenSSL's: loaded only where it is asked for, as
 * that takes time.
 */
function trustWhatOthersTrust(): void {
  const extra = environmentVariable("NODE_EXTRA_CA_CERTS");
  if (extra) setUnlessSet("DENO_CERT", extra);
  if (environmentVariable("SSL_CERT_FILE") || environmentVariable("SSL_CERT_DIR")) {
    setUnlessSet("DENO_TLS_CA_STORE", "system,mozilla");
  }
}

function setUnlessSet(name: string, value: string): void {
  if (!environmentVariable(name)) Deno.env.set(name, value);
}
