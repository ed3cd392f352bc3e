import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { facts } from "../../terminal/view.ts";
import { UsageError } from "../../core/errors.ts";

/** `insforge grants COMMAND…`: what the sandbox of that invocation would hold. */
export const grants = (run: Run) =>
  new Command()
    .arguments("[command...:string]")
    .stopEarly()
    .example("What may this query touch?", 'insforge grants db query "SELECT 1"')
    .action(run(runGrants));

/** Shows the grants that the launcher worked out for the words behind `grants`. */
function runGrants(context: Context): Result {
  const grants = context.launch.grants;
  if (!grants?.command) {
    throw new UsageError("Name the command whose grants to show.", {
      hint: "Such as `insforge grants db query`.",
    });
  }
  const { net, read, write, env, run } = grants.permissions;
  const list = (values: true | readonly string[]) =>
    values === true ? "any" : values.length > 0 ? values.join(" ") : "none";
  return {
    data: { command: grants.command, net, read, write, env, run },
    view: facts([
      ["Command", grants.command],
      ["Hosts", list(net)],
      ["Read", list(read)],
      ["Write", list(write)],
      ["Variables", list(env)],
      ["Programs", list(run)],
    ]),
  };
}
