import { Command } from "@cliffy/command";
import { filledOption } from "../../cli/options.ts";
import type { Context, Run } from "../../cli/context.ts";
import { OperationError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import type { Backup, Keeper } from "./backup.ts";
import { keeperOf } from "./keeper.ts";
import { PROJECT } from "../projects/managed/named.ts";
import { backupName, sizeOf } from "./view.ts";

interface Options {
  name?: string;
  wait?: boolean;
  project?: string;
}

const POLL_MS = 2_000;
const LONGEST_MS = 10 * 60 * 1000;

/** `insforge backups create`. */
export const create = (run: Run) =>
  new Command()
    .option("--name <name:string>", "How it is called, up to 64 characters.")
    .option("--wait", "Wait until it is done.")
    .option(...PROJECT)
    .example("Take one", "insforge backups create --name before-the-import --wait")
    .action(run(runCreate));

/** Takes a backup. @throws {OperationError} when it fails, or takes too long */
async function runCreate(context: Context, options: Options): Promise<Result> {
  const given = filledOption(options.name, "--name");
  const name = given === undefined ? undefined : backupName(given);
  const keeper = await keeperOf(context, options.project);
  using progress = context.progress("Taking the backup");
  const begun = await keeper.create(name);
  const backup = options.wait ? await untilDone(context, keeper, begun) : begun;
  progress.stop();
  if (backup.status === "failed") {
    throw new OperationError(
      `The backup failed: ${backup.errorMessage ?? "nothing says why"}.`,
      "BACKUP_FAILED",
      { hint: "See `insforge logs postgres.logs`." },
    );
  }
  return {
    data: backup,
    view: success(
      backup.status === "completed"
        ? `Took the backup ${backup.id} (${sizeOf(backup)}).`
        : "The backup has begun. See how far it is: insforge backups list",
    ),
  };
}

async function untilDone(
  { clock, signal }: Context,
  keeper: Keeper,
  begun: Backup,
): Promise<Backup> {
  let backup = begun;
  for (let waited = 0; backup.status === "running"; waited += POLL_MS) {
    if (waited >= LONGEST_MS) {
      throw new OperationError("The backup is not done yet.", "TIMED_OUT", {
        hint: "See how far it is: insforge backups list",
      });
    }
    await clock.sleep(POLL_MS, signal);
    backup = (await keeper.list()).find(({ id }) => id === begun.id) ?? backup;
  }
  return backup;
}
