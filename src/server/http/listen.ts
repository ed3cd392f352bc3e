import { systemClock } from "../../core/clock.ts";
import { PortForbidden } from "../../shared/contract/port_forbidden.ts";

/** Milliseconds until a connection is accepted again, when there was no room for one. */
const BEFORE_NEXT_TRY_MS = 100;

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

/**
 * Hands over each connection that comes, until the listener is closed. One that cannot be taken is
 * passed over: its client has gone already, or too many files are open.
 */
export async function acceptAll(
  listener: Deno.TcpListener,
  take: (connection: Deno.TcpConn) => void,
): Promise<void> {
  for (;;) {
    try {
      take(await listener.accept());
    } catch (error) {
      if (error instanceof Deno.errors.BadResource) return;
      if (error instanceof Deno.errors.Interrupted) return;
      await systemClock.sleep(BEFORE_NEXT_TRY_MS);
    }
  }
}
