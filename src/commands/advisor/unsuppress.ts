import { Command } from "@cliffy/command";
import { unsuppress } from "../../client/backend/advisor.ts";
import type { Context, Run } from "../../cli/context.ts";
import { checkId } from "../../cli/ids.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { orLint } from "./unavailable.ts";

/** `insforge advisor unsuppress`. */
export const unsuppressFinding = (run: Run) =>
  new Command()
    .arguments("<id:string>")
    .example("Tell of it again", "insforge advisor unsuppress 3f2a…")
    .action(run(runUnsuppress));

/** Takes a suppression away. @throws {NotFoundError|HttpError} 404 when there is none */
async function runUnsuppress(context: Context, _: unknown, id: string): Promise<Result> {
  checkId(id, "suppression", "advisor suppressions");
  await orLint(unsuppress(await context.backend(), id));
  return {
    data: { deleted: true, suppression_id: id },
    view: success("The next scan tells of it again."),
  };
}
