/**
 * Invocations that need nothing but one connection, which the launcher can open for them: they run
 * without a worker, and without any permission.
 */
import type { Grants } from "./grants/grants.ts";
import { ownProgram } from "./grants/places.ts";
import type { LaunchFacts } from "./launch_facts.ts";

/**
 * Whether this is one; only the program's own files, which can be held open as well, may be read.
 * @param host of the connection, with its port
 */
export function isBrief(
  { invocation: { reach, operands, values } }: LaunchFacts,
  { permissions: { net, read, write, run } }: Grants,
  host: string,
): boolean {
  const waitsForInput = [...operands, ...[...values.values()].flat()].includes("-");
  return reach.isBrief === true && !waitsForInput &&
    net !== true && net.every((granted) => granted === host) &&
    read.every((granted) => ownProgram().some(({ path }) => path === granted)) &&
    write.length === 0 && run.length === 0;
}
