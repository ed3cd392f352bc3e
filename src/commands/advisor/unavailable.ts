/** Backends without an advisor, as older ones are. */
import { HttpError, withHint } from "../../core/errors.ts";

/** Adds to a refusal what finds the same there. */
export async function orLint<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof HttpError) || !/is not available on this backend/.test(error.message)) {
      throw error;
    }
    throw withHint(error, "Look by yourself: insforge db lint");
  }
}
