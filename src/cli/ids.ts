/** Ids that people type, checked by their form before any request. */
import { NotFoundError } from "../core/errors.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * What an id of `kind` is to be; backends answer others with an error of their database.
 * @param list the command that lists what there is
 * @throws {NotFoundError} when nothing can have that id
 */
export function checkId(id: string, kind: string, list: string): void {
  if (UUID.test(id)) return;
  throw new NotFoundError(`${JSON.stringify(id)} is no id of a ${kind}.`, {
    hint: `See what there is with: insforge ${list}`,
  });
}
