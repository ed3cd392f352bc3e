import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { OperationError } from "../../core/errors.ts";

/** A command that says where it can be had, whatever follows it. */
export const refuse = (name: string, about: string) => (run: Run) =>
  new Command()
    .arguments("[words...:string]")
    .useRawArgs()
    .example("Type it there", `npx -y @insforge/cli ${name} --help`)
    .action(run((context: Context) => {
      throw new OperationError(
        `insforge ${name} is not a command of this program.`,
        "NOT_SUPPORTED",
        { hint: `InsForge's own CLI has it (${about}): ${lineOf(context, name)}` },
      );
    }));

/** The words of what was typed: values can be secret, and stay out. */
function lineOf({ launch }: Context, name: string): string {
  const { args, command } = launch.invocation;
  const typed = args.slice(args.indexOf(command.at(-1)!) + 1);
  const end = typed.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
  const plain = (end === -1 ? typed : typed.slice(0, end)).slice(0, 2);
  return ["npx -y @insforge/cli", name, ...plain, "…"].join(" ");
}
