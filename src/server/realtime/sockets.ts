import { Hono } from "hono";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";

/** Errors of Engine.IO's handshake, by their numbers. */
const UNKNOWN_TRANSPORT = { code: 0, message: "Transport unknown" };
const FULL = { code: 4, message: "Too many clients are connected" };
const BAD_VERSION = { code: 5, message: "Unsupported protocol version" };

/** Where clients of Socket.IO connect, over WebSocket alone (contract section 17.1). */
export function sockets({ hub }: LocalBackend): Area {
  return new Hono<RequestVariables>().get("/", (context) => {
    const { EIO, transport } = context.req.query();
    if (EIO !== "4") return context.json(BAD_VERSION, 400);
    const isWebSocket = context.req.header("upgrade")?.toLowerCase() === "websocket";
    if (transport !== "websocket" || !isWebSocket) return context.json(UNKNOWN_TRANSPORT, 400);
    if (hub.isFull) return context.json(FULL, 403);
    // Socket.IO has a heartbeat of its own.
    const { socket, response } = Deno.upgradeWebSocket(context.req.raw, { idleTimeout: 0 });
    hub.accept(socket);
    return response;
  });
}
