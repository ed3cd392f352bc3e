import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { comparePlan } from "./input.ts";
import { planView } from "./plan_view.ts";

/** `insforge config plan`. */
export const plan = (run: Run) =>
  new Command()
    .option("--file <path:string>", "The file (default: insforge.toml of the project).")
    .example("What apply would change", "insforge config plan")
    .action(run(runPlan));

/** Shows what the file would change, and changes nothing. @throws {FileError} */
async function runPlan(context: Context, options: { file?: string }): Promise<Result> {
  const plan = await comparePlan(context, options.file);
  return { data: plan, view: planView(plan) };
}
