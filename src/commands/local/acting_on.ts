/** Commands that act on a backend which this command has started itself. */
import type { Context } from "../../cli/context.ts";
import { backendClient } from "../../client/backend.ts";
import type { BackendTarget } from "../../config/target.ts";

/** The context of a command, with another backend than the linked one. */
export function actingOn(context: Context, target: BackendTarget): Context {
  const client = backendClient(target, context.surroundings);
  return {
    ...context,
    target: () => Promise.resolve(target),
    backend: () => Promise.resolve(client),
  };
}
