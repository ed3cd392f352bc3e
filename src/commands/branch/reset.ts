import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { restoreBackend } from "../local/copies/copy_backend.ts";
import { findBranch, writeBranch } from "./branches.ts";
import { ensureRunning, linkBranch, parentOf } from "./linked.ts";
import { hostedParent } from "./hosted/parent.ts";

/** `insforge branch reset`. */
export const reset = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .example("Begin anew", "insforge branch reset new-policies -y")
    .action(run(runReset));

/** Puts the data back that the branch began with; its address and keys stay. */
async function runReset(context: Context, _: unknown, name: string): Promise<Result> {
  const hosted = await hostedParent(context);
  if (hosted) return await (await import("./hosted/reset.ts")).resetHosted(context, hosted, name);
  const parent = await parentOf(context);
  const { branch, place, backend } = await findBranch(context, name);
  await context.prompt.confirm(`Take back everything that was done on the branch ${name}?`);
  using progress = context.progress("Taking the branch back");
  const running = await restoreBackend(backend, place.start);
  const ready = { ...branch, branch_state: "ready" } as const;
  await writeBranch(place.folder, ready);
  const { url } = running ?? await ensureRunning(backend);
  if (parent.current === name) await linkBranch(context, parent, { branch: ready, backend, url });
  progress.stop();
  return { data: { branch: ready }, view: success(`The branch ${name} is as it began.`) };
}
