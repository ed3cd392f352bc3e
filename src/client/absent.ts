import { HttpError, NotFoundError } from "../core/errors.ts";

/** The answer to a request; undefined where the backend says 404, as it does not know the thing. */
export async function ifKnown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  }
}

/** The answer to a request; 404 is an error that says what is not there and where to look. */
export async function known<T>(answer: Promise<T>, message: string, hint: string): Promise<T> {
  return await answer.catch((error) => {
    const isAbsent = error instanceof HttpError && error.status === 404;
    throw isAbsent ? new NotFoundError(message, { hint, cause: error }) : error;
  });
}
