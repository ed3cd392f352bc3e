import type { Context } from "../../cli/context.ts";
import { DeclinedError } from "../../core/errors.ts";

/**
 * Says that a reserved secret is permanent, before it is one.
 * @param undone what is so when a person says no, as a sentence
 * @throws {DeclinedError}
 */
export async function confirmReserved(
  context: Context,
  keys: string,
  undone: string,
): Promise<void> {
  context.note(`What is reserved is permanent: ${keys} can never be changed or deleted.`);
  if (await context.prompt.offer("Make it reserved?")) return;
  throw new DeclinedError(undone);
}
