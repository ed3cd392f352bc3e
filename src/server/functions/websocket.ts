import type { TimeLimit } from "./time_limit.ts";

/** Codes of RFC 6455 for why a WebSocket is closed. */
const CLOSE = { none: 1005, broken: 1006, failed: 1011, slow: 1013 } as const;
/** Bytes that may wait for the one who reads too slowly. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/**
 * Joins a caller to a function's WebSocket: messages pass in their order, and what ends one ends
 * the other. @param end is called once both are over
 */
export function joined(
  request: Request,
  inner: WebSocket,
  limit: TimeLimit,
  end: () => void,
): Response {
  limit.stop();
  const { protocol } = inner;
  const { socket: outer, response } = Deno.upgradeWebSocket(request, protocol ? { protocol } : {});
  inner.addEventListener("close", end);
  pass(inner, outer);
  pass(outer, inner);
  return response;
}

function pass(from: WebSocket, to: WebSocket): void {
  const early: (string | ArrayBuffer)[] = [];
  let hasEnded: CloseEvent | undefined;
  from.binaryType = "arraybuffer";
  // An end follows, with its code.
  from.onerror = () => {};
  from.onmessage = ({ data }) => {
    if (to.readyState === WebSocket.CONNECTING) return void early.push(data);
    if (to.readyState !== WebSocket.OPEN) return;
    to.send(data);
    if (to.bufferedAmount > MAX_WAITING_BYTES) close(from, CLOSE.slow, "Too slow a reader");
  };
  from.onclose = (event) => {
    hasEnded = event;
    if (to.readyState === WebSocket.OPEN) closeAs(to, event);
  };
  to.onopen = () => {
    for (const data of early.splice(0)) to.send(data);
    if (hasEnded) closeAs(to, hasEnded);
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
