/** What a channel brings, as it comes: section 17.1 of the HTTP contract. */
import { NetworkError, OperationError } from "../../core/errors.ts";
import type { SharedSettings } from "../http.ts";
import { networkFailure } from "../network_failure.ts";
import { answerOfProxy } from "../proxy_failure.ts";
import {
  decodePacket,
  encodePacket,
  ENGINE,
  isEventData,
  PACKET,
} from "../../shared/realtime/packets.ts";

/** An event of a channel. */
export interface ChannelEvent {
  readonly event: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** Whose channel is listened to. */
export interface Listener {
  /** Address of the backend, without a trailing slash. */
  readonly url: string;
  readonly apiKey: string;
  readonly channel: string;
}

/**
 * Subscribes to a channel as the project's owner.
 * @returns what it brings until the signal or the server ends it
 * @throws {NetworkError} when the connection fails or breaks off
 * @throws {OperationError} when the backend refuses it
 */
export function channelEvents(
  { url, apiKey, channel }: Listener,
  { signal, proxyOf, distrust }: Pick<SharedSettings, "signal" | "proxyOf" | "distrust">,
): ReadableStream<ChannelEvent> {
  const { host, protocol } = new URL(url);
  const address = `${protocol === "https:" ? "wss" : "ws"}${url.slice(url.indexOf(":"))}`;
  const socket = new WebSocket(`${address}/socket.io/?EIO=4&transport=websocket`);
  const end = () => socket.close();
  signal.addEventListener("abort", end);
  return new ReadableStream({
    start(controller) {
      let isOver = false;
      const finish = (error?: Error) => {
        if (isOver) return;
        isOver = true;
        signal.removeEventListener("abort", end);
        if (error && !signal.aborted) controller.error(error);
        else controller.close();
        end();
      };
      socket.onclose = ({ reason }) =>
        finish(
          new NetworkError(`The connection to ${host} ended${reason ? `: ${reason}` : ""}.`, {
            hint: "`insforge realtime tail` connects again.",
          }),
        );
      socket.onerror = (event) =>
        finish(connectionFailure((event as ErrorEvent).message, new URL(url), proxyOf, distrust));
      socket.onmessage = ({ data }) => {
        try {
          if (typeof data === "string") receive(data);
        } catch (error) {
          finish(error as Error);
        }
      };
      const receive = (data: string) => {
        if (data === ENGINE.ping) return socket.send(ENGINE.pong);
        if (data.startsWith(ENGINE.open)) {
          return socket.send(encodePacket({ type: PACKET.connect, data: { apiKey } }));
        }
        const { type, data: content } = decodePacket(data);
        if (type === PACKET.connect) {
          const event = ["realtime:subscribe", { channel }];
          socket.send(encodePacket({ type: PACKET.event, id: 1, data: event }));
        } else if (type === PACKET.connectError) {
          throw refused(`${host} refused the connection`, content);
        } else if (type === PACKET.ack) {
          const [answer] = content as [{ ok?: boolean; error?: unknown }];
          if (!answer?.ok) throw refused(`${channel} cannot be subscribed to`, answer?.error);
        } else if (type === PACKET.event && isEventData(content)) {
          controller.enqueue({ event: content[0], message: Object(content[1]) });
        }
      };
    },
    cancel: end,
  });
}

/** @param message what Deno says: the status of an answer that is no WebSocket, or a cause */
function connectionFailure(
  message: string,
  url: URL,
  proxyOf: SharedSettings["proxyOf"],
  distrust?: string,
): Error {
  const proxy = proxyOf?.(url);
  const [, status] = /Invalid status code: (\d+)/.exec(message) ?? [];
  if (!status) return networkFailure(new Error(message), url, 0, { proxy, distrust }) as Error;
  const refusal = proxy &&
    answerOfProxy(new Response(null, { status: Number(status) }), proxy, url);
  return refusal ?? new NetworkError(`${url.host} answered with status ${status}.`, {
    hint: "Check that the address is that of an InsForge backend, and that it has realtime.",
  });
}

function refused(what: string, reason: unknown): OperationError {
  const { message } = Object(reason) as { message?: string };
  return new OperationError(`${what}: ${message ?? "no reason was given"}.`, "REALTIME_REFUSED", {
    hint: "`insforge realtime channels list` shows the channels and whether they are on.",
  });
}
