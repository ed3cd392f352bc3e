import { fetchFailure } from "../../core/fetch_failure.ts";
import type { LocalBackend } from "../services.ts";
import type { Message } from "./message.ts";

/** Milliseconds that a webhook may take to answer, and those before each further attempt. */
const TIMEOUT_MS = 10_000;
const RETRY_AFTER_MS = [1000, 2000];
/** Messages that may be under way to webhooks at once; more are not sent. */
const MAX_UNDER_WAY = 1000;

/**
 * Sends messages to the addresses of their channel (contract section 17.4), beside everything else:
 * no webhook stops a socket.
 */
export class Webhooks {
  readonly #backend: Pick<LocalBackend, "jobs" | "logger">;
  #underWay = 0;

  constructor(backend: Pick<LocalBackend, "jobs" | "logger">) {
    this.#backend = backend;
  }

  /** Sends a message to all its addresses. @param onDone is told how many took it */
  send(message: Message, onDone: (delivered: number) => Promise<void>): void {
    const { jobs, logger } = this.#backend;
    const urls = message.webhookUrls ?? [];
    if (this.#underWay >= MAX_UNDER_WAY) {
      logger.warn("A webhook was not called: too many are under way", { message: message.id });
      return;
    }
    this.#underWay++;
    jobs.run("Calling webhooks", async (signal) => {
      try {
        const outcomes = await Promise.all(urls.map((url) => this.#call(url, message, signal)));
        if (!signal.aborted) await onDone(outcomes.filter(Boolean).length);
      } finally {
        this.#underWay--;
      }
    });
  }

  /** An answer, whatever it is, is final; only what brought none is tried again. */
  async #call(url: string, message: Message, signal: AbortSignal): Promise<boolean> {
    let failure: unknown;
    for (const wait of [0, ...RETRY_AFTER_MS]) {
      if (wait) await delay(wait, signal);
      if (signal.aborted) return false;
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "x-insforge-event": message.eventName,
            "x-insforge-channel": message.channelName,
            "x-insforge-message-id": message.id,
          },
          body: JSON.stringify(message.payload),
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        });
        await response.body?.cancel();
        if (!response.ok) this.#warn(url, message, `HTTP ${response.status}`);
        return response.ok;
      } catch (error) {
        failure = error;
      }
    }
    this.#warn(url, message, fetchFailure(failure));
    return false;
  }

  #warn(url: string, { id }: Message, reason: string): void {
    this.#backend.logger.warn("A webhook failed", { url, message: id, reason });
  }
}

/** Resolves after a while, at once when it is not wanted any more. */
function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}
