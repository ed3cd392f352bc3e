import type { TimeLimit } from "./time_limit.ts";

/** Codes of RFC 6455 for why a WebSocket is closed. */
const CLOSE = { none: 1005, broken: 1006, failed: 1011, slow: 1013 } as const;
/** Bytes that may wait for the one who reads too slowly. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** A WebSocket from its making on: what comes before somebody listens is kept. */
export interface HeldSocket {
  readonly socket: WebSocket;
  readonly early: (string | ArrayBuffer)[];
  /** How it ended, if it has. */
  end?: CloseEvent;
}

/** Holds a socket that was just made: its first messages may come together with its opening. */
export function hold(socket: WebSocket): HeldSocket {
  const held: HeldSocket = { socket, early: [] };
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => held.early.push(data);
  socket.onclose = (event) => held.end = event;
  return held;
}

/**
 * Joins a caller to a function's WebSocket: messages pass in their order, and what ends one ends
 * the other. @param end is called once both are over
 */
export function joined(
  request: Request,
  inner: HeldSocket,
  limit: TimeLimit,
  end: () => void,
): Response {
  limit.stop();
  const { protocol } = inner.socket;
  const { socket, response } = Deno.upgradeWebSocket(request, protocol ? { protocol } : {});
  if (inner.end) end();
  else inner.socket.addEventListener("close", end);
  pass(inner, socket);
  pass(hold(socket), inner.socket);
  return response;
}

function pass(from: HeldSocket, to: WebSocket): void {
  const { socket, early } = from;
  // An end follows, with its code.
  socket.onerror = () => {};
  socket.onmessage = ({ data }) => {
    if (to.readyState === WebSocket.CONNECTING) return void early.push(data);
    if (to.readyState !== WebSocket.OPEN) return;
    to.send(data);
    if (to.bufferedAmount > MAX_WAITING_BYTES) close(socket, CLOSE.slow, "Too slow a reader");
  };
  socket.onclose = (event) => {
    from.end = event;
    if (to.readyState === WebSocket.OPEN) closeAs(to, event);
  };
  to.onopen = () => {
    for (const data of early.splice(0)) to.send(data);
    if (from.end) closeAs(to, from.end);
  };
}

function closeAs(socket: WebSocket, { code, reason }: CloseEvent): void {
  if (code === CLOSE.none) socket.close();
  else if (code === CLOSE.broken) close(socket, CLOSE.failed, "The other side broke off");
  else close(socket, code, reason);
}

/** Closes with a code; a client cannot give those that are the protocol's own. */
function close(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    socket.close();
  }
}
