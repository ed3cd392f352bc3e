/** The variables of this process's environment. */
import { UsageError } from "../core/errors.ts";

/**
 * A variable; an empty one, and one that the sandbox does not show, counts as unset.
 * @throws {UsageError} for one of this program's own that is not UTF-8; its value is not shown
 */
export function environmentVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch (error) {
    if (name.startsWith("INSFORGE_") && !(error instanceof Deno.errors.NotCapable)) {
      throw new UsageError(`${name} is not UTF-8 text.`, {
        hint: "Set it anew, or unset it.",
        cause: error,
      });
    }
    return undefined;
  }
}

const PROXIES = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const LOOPBACK = "localhost,127.0.0.1,::1";

/** Has this process, and those that it starts, reach this machine without the proxy of the environment. */
export function keepLoopbackDirect(): void {
  if (!PROXIES.some(environmentVariable)) return;
  const direct = environmentVariable("NO_PROXY") ?? environmentVariable("no_proxy");
  Deno.env.set("NO_PROXY", direct ? `${direct},${LOOPBACK}` : LOOPBACK);
}
