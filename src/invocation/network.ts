/** The network as the environment describes it: its proxy, and whom to trust. */
import { environmentVariable } from "../core/environment.ts";
import { meetsCertificates } from "./local_target.ts";
import type { LaunchFacts } from "./launch_facts.ts";
import { readProxies } from "./proxies.ts";

/**
 * Has this process, and those that it starts, follow the environment's words for the network, also
 * those that Deno does not know. To be called before the first connection.
 */
export function followEnvironment(launch: LaunchFacts): void {
  arrangeProxies();
  if (meetsCertificates(launch)) trustWhatOthersTrust();
}

/** This machine is reached directly; and Deno knows neither `*.` nor capitals in NO_PROXY. */
function arrangeProxies(): void {
  const proxies = readProxies();
  if (proxies) Deno.env.set("NO_PROXY", proxies.direct.join(","));
}

/**
 * The variables of Node and OpenSSL for certificate authorities. Deno has one variable for a file
 * of its own, and its system store is what reads OpenSSL's: loaded only where it is asked for, as
 * that takes time.
 */
function trustWhatOthersTrust(): void {
  for (const name of ["SSL_CERT_FILE", "SSL_CERT_DIR"]) {
    // The system's store takes an empty one for a file that is not there.
    if (!environmentVariable(name)) Deno.env.delete(name);
  }
  const extra = environmentVariable("NODE_EXTRA_CA_CERTS");
  if (extra) setUnlessSet("DENO_CERT", extra);
  if (environmentVariable("SSL_CERT_FILE") || environmentVariable("SSL_CERT_DIR")) {
    setUnlessSet("DENO_TLS_CA_STORE", "system,mozilla");
  }
}

function setUnlessSet(name: string, value: string): void {
  if (!environmentVariable(name)) Deno.env.set(name, value);
}
