import { readAtMost } from "../core/bounded_body.ts";
import { OperationError } from "../core/errors.ts";

/** Bytes of an answer that is not read as it comes. */
const MOST_BYTES = 256 * 1024 ** 2;

/**
 * Reads a body whole.
 * @param bound bounds the reading in time
 * @param answered begins the sentence of the error, such as `The function answered`
 * @throws {OperationError} for a body that nobody should hold in memory
 */
export async function wholeBody(
  response: Response,
  answered: string,
  bound = (reading: ReturnType<typeof readAtMost>) => reading,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await bound(readAtMost(response, MOST_BYTES));
  if (bytes) return bytes;
  const most = `${MOST_BYTES / 1024 ** 2} MB`;
  throw new OperationError(`${answered} with more than ${most}.`, "ANSWER_TOO_LARGE", {
    hint: "Ask for less at once, such as with a limit or a filter.",
  });
}
