/** The longest line of a stream, in characters. */
const MAX_LINE = 32 * 1024 * 1024;

/**
 * The values of a stream of server-sent events, whose data is JSON; `[DONE]` ends it.
 * @throws {Error} when a line never ends
 */
export async function* readEvents<T>(body: ReadableStream<Uint8Array>): AsyncGenerator<T> {
  let buffer = "";
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    buffer += decoder.decode(bytes, { stream: true });
    const lines = buffer.split("\n");
    buffer = lines.pop()!;
    if (buffer.length > MAX_LINE) throw new Error("The model's answer has a line without end");
    for (const line of lines) {
      const data = /^data: ?(.*?)\r?$/.exec(line)?.[1];
      if (data === "[DONE]") return;
      if (data) yield JSON.parse(data);
    }
  }
}

/** A stream of server-sent events with these values. */
export function writeEvents(values: AsyncIterable<unknown>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  async function* lines() {
    for await (const value of values) yield encoder.encode(`data: ${JSON.stringify(value)}\n\n`);
  }
  return ReadableStream.from(lines());
}
