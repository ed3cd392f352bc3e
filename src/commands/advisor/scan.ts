import { Command } from "@cliffy/command";
import { beginScan } from "../../client/backend/advisor.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { orLint } from "./unavailable.ts";

/** `insforge advisor scan`. */
export const scan = (run: Run) =>
  new Command()
    .example("Look now", "insforge advisor scan")
    .action(run(runScan));

/** Begins a scan. @throws {HttpError} where the backend has no advisor */
async function runScan(context: Context): Promise<Result> {
  const backend = await context.backend();
  const { scanId } = await orLint(beginScan(backend));
  return {
    data: { scanId },
    view: success(`The scan ${scanId} has begun. See it with: insforge diagnose advisor`),
  };
}
