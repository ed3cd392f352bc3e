/**
 * What Socket.IO says over a WebSocket, in both directions: packets of Engine.IO 4, whose messages
 * are packets of Socket.IO 5 (contract section 17). Both are text; InsForge sends nothing binary.
 */
export const ENGINE = { open: "0", close: "1", ping: "2", pong: "3", message: "4" } as const;

/** The kinds of packets inside a message. */
export const PACKET = { connect: 0, disconnect: 1, event: 2, ack: 3, connectError: 4 } as const;

/** One packet of the main namespace; `id` asks for an acknowledgement, or is one. */
export interface Packet {
  readonly type: number;
  readonly id?: number;
  readonly data?: unknown;
  /** Set when it is for another namespace than the main one. */
  readonly namespace?: string;
}

/** The text of a message that carries a packet. */
export function encodePacket({ type, id, data, namespace }: Packet): string {
  const to = namespace === undefined ? "" : `${namespace},`;
  return `${ENGINE.message}${type}${to}${id ?? ""}${
    data === undefined ? "" : JSON.stringify(data)
  }`;
}

/** The packet in the text of a message. @throws {SyntaxError} for anything else */
export function decodePacket(text: string): Packet {
  const [, type, namespace, id, json] = /^4([0-4])(?:(\/[^,]*),)?(\d*)(.*)$/s.exec(text) ?? [];
  if (type === undefined) throw new SyntaxError("This is no packet of Socket.IO");
  return {
    type: Number(type),
    namespace: namespace === "/" ? undefined : namespace,
    id: id ? Number(id) : undefined,
    data: json ? JSON.parse(json) : undefined,
  };
}

/** What the server calls an event and what it carries. */
export type EventData = readonly [name: string, ...values: unknown[]];

/** Whether the data of a packet is that of an event. */
export function isEventData(data: unknown): data is EventData {
  return Array.isArray(data) && typeof data[0] === "string";
}
