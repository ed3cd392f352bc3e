import { readAtMost } from "../core/bounded_body.ts";
import { OperationError } from "../core/errors.ts";

/** Bytes of an answer that is not read as it comes. */
const MOST_BYTES = 256 * 1024 ** 2;

/**
 * Reads a body whole.
 * @param answered begins the sentence of the error, such as `The function answered`
 * @param bound bounds the reading in time
 * @param most bytes that it may have
 * @throws {OperationError} for a body that nobody should hold in memory
 */
export async function wholeBody(
  response: Response,
  answered: string,
  bound = (reading: ReturnType<typeof readAtMost>) => reading,
  most = MOST_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await bound(readAtMost(response, most));
  if (bytes) return bytes;
  const size = `${most / 1024 ** 2} MiB`;
  throw new OperationError(`${answered} with more than ${size}.`, "ANSWER_TOO_LARGE", {
    hint: "Ask for less at once, such as with a limit or a filter.",
  });
}
