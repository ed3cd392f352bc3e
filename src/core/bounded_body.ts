/** Bodies of answers, whoever sends them: they must not fill the memory. */
import { concatBytes } from "./bytes.ts";

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
    return parts.length === 1 ? parts[0]! : concatBytes(parts);
  } finally {
    signal?.removeEventListener("abort", end);
  }
}
