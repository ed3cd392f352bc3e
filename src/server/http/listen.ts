/**
 * Listens on the loopback interface, at the first of the ports that is free.
 * @throws {Deno.errors.AddrInUse} when none is
 */
export function listen(ports: Iterable<number>): Deno.TcpListener {
  let failure: unknown = new Deno.errors.AddrInUse("No port was given");
  for (const port of ports) {
    try {
      return Deno.listen({ hostname: "127.0.0.1", port });
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      failure = error;
    }
  }
  throw failure;
}
