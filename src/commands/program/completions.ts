import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import { completionScript, SHELLS } from "../../reference/completions.ts";
import type { Result } from "../../terminal/present.ts";
import { raw } from "../../terminal/view.ts";

/** `insforge completions`: prints the completion script of a shell. */
export const completions = (run: Run) =>
  new Command()
    .arguments("<shell:string:shell>")
    .complete("shell", () => [...SHELLS])
    .example("In bash, for this session", "source <(insforge completions bash)")
    .example(
      "In fish, for good",
      "insforge completions fish > ~/.config/fish/completions/insforge.fish",
    )
    .action(run(runCompletions));

/** Writes the script from the whole command tree. @throws {UsageError} for a shell without one */
async function runCompletions(
  context: Context,
  _options: unknown,
  shell: string,
): Promise<Result> {
  const known = SHELLS.find((name) => name === shell);
  if (!known) throw new UsageError(`There is a script for ${SHELLS.join(", ")}; not for ${shell}.`);
  const script = await completionScript(known, await context.everyCommand());
  return { data: { shell, script }, view: raw(script) };
}
