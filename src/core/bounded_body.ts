/** Bodies of answers, whoever sends them: they must not fill the memory. */

/**
 * Reads a body whole.
 * @param most bytes that it may have
 * @param signal ends the reading, as if no more came
 * @returns undefined where there are more
 */
export async function readAtMost(
  { body, headers }: Response,
  most: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!body) return new Uint8Array();
  if (Number(headers.get("content-length")) > most) return void body.cancel().catch(() => {});
  const reader = body.getReader();
  const end = () => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", end);
  try {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if ((size += part.value.length) > most) {
        end();
        return undefined;
      }
      parts.push(part.value);
    }
    return joined(parts, size);
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[], size: number): Uint8Array<ArrayBuffer> {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(size);
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
