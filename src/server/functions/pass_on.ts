import { ENCODING_HEADER } from "./protocol.ts";
import type { TimeLimit } from "./time_limit.ts";

/** Headers that belong to the connection with the process, not to the response. */
const HOP_HEADERS = ["transfer-encoding", "connection", "keep-alive", ENCODING_HEADER];
/** Milliseconds of the backend's time that a part of a body takes at most. */
const PART_MS = 0.25;
/** Bytes up to which a body is passed on in one piece, when its length is known. */
const WHOLE = 64 * 1024;

/**
 * Answers what a function's process answers, its body as it comes.
 * @param pace is told what each part of the body took, in milliseconds; the next one waits for it
 * @param end is called once, when the body is over
 */
export async function passOn(
  response: Response,
  limit: TimeLimit,
  pace: (taken: number) => Promise<void> | undefined,
  end: () => void,
): Promise<Response> {
  const length = Number(response.headers.get("content-length") ?? Infinity);
  const headers = new Headers(response.headers);
  const encoding = headers.get(ENCODING_HEADER);
  if (encoding) headers.set("content-encoding", encoding);
  for (const name of HOP_HEADERS) headers.delete(name);
  const { status, statusText } = response;
  if (!response.body || length <= WHOLE) {
    const body = response.body ? await limit.guard(response.bytes()) : null;
    end();
    return new Response(body, { status, statusText, headers });
  }
  const reader = response.body.getReader();
  limit.restart();
  let last = performance.now();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await limit.guard(reader.read());
        limit.restart();
        if (!done) {
          controller.enqueue(value);
          // Most of it passes outside of this code: from the end of one part to that of the next.
          const now = performance.now();
          await pace(Math.min(now - last, PART_MS));
          last = performance.now();
          return;
        }
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      end();
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
  return new Response(body, { status, statusText, headers });
}
