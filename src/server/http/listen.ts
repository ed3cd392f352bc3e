import { PortForbidden } from "../../shared/contract/port_forbidden.ts";

/**
 * Listens on the loopback interface, at the first of the ports that is free and allowed.
 * @throws {Deno.errors.AddrInUse | PortForbidden} for the last of them
 */
export function listen(ports: Iterable<number>): Deno.TcpListener {
  let failure: unknown = new Deno.errors.AddrInUse("No port was given");
  for (const port of ports) {
    try {
      return Deno.listen({ hostname: "127.0.0.1", port });
    } catch (error) {
      failure = error instanceof Deno.errors.PermissionDenied ? new PortForbidden(port) : error;
      const isNextTried = failure instanceof Deno.errors.AddrInUse ||
        failure instanceof PortForbidden;
      if (!isNextTried) throw failure;
    }
  }
  throw failure;
}
