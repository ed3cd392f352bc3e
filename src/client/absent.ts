import { HttpError } from "../core/errors.ts";

/** The answer to a request; undefined where the backend says 404, as it does not know the thing. */
export async function ifKnown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  }
}
