/** Changes whose answer was lost: whether they were made, only a look at the server tells. */
import { type CliError, HttpError, NetworkError, OperationError } from "../core/errors.ts";
import type { SizedBody } from "./sized_body.ts";

/** What a request may have done. */
export interface Change {
  /** Ends the sentence: "the import may have happened". */
  readonly may: string;
  /** How to find out, as a command to type. */
  readonly hint: string;
}

/** Answers of what stands between: the server itself may go on with its work. */
const OF_GATEWAYS = new Set([408, 502, 503, 504]);

/** Whether the server may have done what it was asked for, though it did not say so itself. */
export function isAnswerLost(error: unknown): error is CliError {
  return error instanceof NetworkError && error.mayHaveArrived ||
    error instanceof HttpError && OF_GATEWAYS.has(error.status) ||
    // Without a length, an answer that was cut off is told by its form alone.
    error instanceof OperationError && error.code === "INVALID_RESPONSE";
}

/** Sends a change. Where its answer is lost, the error says what may have happened. */
export async function sendChange<T>(send: () => Promise<T>, change: Change): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw isAnswerLost(error) ? inDoubt(error, change) : error;
  }
}

/**
 * The same for a change with a body of known length: as long as a part of that is not sent, nothing
 * can have happened.
 * @param nothing how that is said: "nothing was imported"
 */
export async function sendSizedChange<T>(
  body: SizedBody,
  send: (body: SizedBody) => Promise<T>,
  { nothing, ...change }: Change & { readonly nothing: string },
): Promise<T> {
  let isSent = false;
  const followed = {
    size: body.size,
    async *open() {
      yield* body.open();
      isSent = true;
    },
  };
  try {
    return await send(followed);
  } catch (error) {
    if (!isAnswerLost(error)) throw error;
    if (isSent) throw inDoubt(error, change);
    throw withEnding(error, `not all of it was sent, so that ${nothing}.`, error.hint);
  }
}

/** The error of a change that may have been made. */
export function inDoubt(error: CliError, { may, hint }: Change): OperationError {
  return withEnding(error, `${may}.`, hint);
}

function withEnding(cause: CliError, ending: string, hint: string | undefined): OperationError {
  const message = `${cause.message.replace(/\.$/, "")}; ${ending}`;
  return new OperationError(message, cause.code, { hint, facts: cause.facts, cause });
}
