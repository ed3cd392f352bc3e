import { Command } from "@cliffy/command";
import { join } from "@std/path";
import { placeOf } from "../../files/typed_path.ts";
import { requireNoPipe } from "../../files/read_file.ts";
import { isThere } from "../../files/real_path.ts";
import type { Context, Run } from "../../cli/context.ts";
import { FileError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { runImport } from "./import.ts";

/** Where the rows lie that a new database begins with, below the project. */
export const SEED_FILE = "insforge/seed.sql";

/** `insforge db seed`: fills the database with what development begins with. */
export const seed = (run: Run) =>
  new Command()
    .option("--file <path:string>", `The SQL to run (default: ${SEED_FILE}).`)
    .example("Fill the database", "insforge db seed")
    .example("Fill it with something else", "insforge db seed --file demo.sql")
    .action(run(runSeed));

/**
 * Runs the file in one transaction, as `db import` does.
 * @throws {FileError} when there is none
 */
export async function runSeed(context: Context, { file }: { file?: string }): Promise<Result> {
  if (file === undefined && !hasSeed(context)) {
    throw new FileError(`There is no ${SEED_FILE} to fill the database with.`, {
      hint: "Write it, or name another file: insforge db seed --file demo.sql",
    });
  }
  // One that was typed may be a pipe.
  if (file === undefined) await requireNoPipe(placeOf(context.launch, seedFile(context)));
  return await runImport(context, {}, file ?? seedFile(context));
}

/** Whether the project has a file of its own. */
export function hasSeed(context: Context): boolean {
  return isThere(placeOf(context.launch, seedFile(context)));
}

function seedFile({ launch }: Context): string {
  return join(launch.projectRoot, SEED_FILE);
}
