import { equal } from "../../keys/equal.ts";
import type { LocalBackend } from "../../services.ts";
import { acceptAll, listen } from "../../http/listen.ts";
import type { PgliteEngine } from "../pglite_engine.ts";
import { databasePassword } from "./address.ts";
import { WireConnection } from "./connection.ts";

/** Clients at a time; they share one session. */
const MOST_CONNECTIONS = 100;

/** Milliseconds that a transaction may wait for its client. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** The port on which clients of PostgreSQL are answered. */
export interface WireServer {
  readonly port: number;
  /** Ends every connection. */
  close(): Promise<void>;
}

/**
 * Answers clients of PostgreSQL on the loopback interface, at the first of the ports that is free.
 * @throws {Deno.errors.AddrInUse | PortForbidden} when none is
 */
export function listenForClients(
  { database, keys, logger }: Pick<LocalBackend, "database" | "keys" | "logger">,
  engine: PgliteEngine,
  ports: Iterable<number>,
  patience = IDLE_IN_TRANSACTION_MS,
): WireServer {
  const listener = listen(ports);
  const connections = new Map<number, WireConnection>();
  let lastProcess = 0;
  const desk = {
    database,
    engine,
    patience,
    isPassword: async (text: string) => equal(text, await databasePassword({ keys, database })),
    cancel(processId: number, key: number) {
      const connection = connections.get(processId);
      if (connection?.key === key) connection.cancel();
    },
  };

  function serve(socket: Deno.TcpConn): void {
    if (connections.size >= MOST_CONNECTIONS) return socket.close();
    const connection = new WireConnection(desk, socket, ++lastProcess);
    connections.set(connection.processId, connection);
    connection.serve()
      .catch((error) => logger.error("A PostgreSQL connection failed", { error: `${error}` }))
      .finally(() => connections.delete(connection.processId));
  }

  const accepting = acceptAll(listener, serve);
  return {
    port: listener.addr.port,
    async close() {
      listener.close();
      for (const connection of connections.values()) connection.close();
      await accepting;
    },
  };
}
