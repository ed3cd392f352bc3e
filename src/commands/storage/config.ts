import { Command } from "@cliffy/command";
import { readStorageConfig, setMaxObjectSize } from "../../client/backend/storage.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, success } from "../../terminal/view.ts";

interface Options {
  maxSize?: string;
}

/** `insforge storage config`: the largest object that the backend takes. */
export const config = (run: Run) =>
  new Command()
    .option("--max-size <size:string>", "The most that an object may have, such as 100MB.")
    .example("Show it", "insforge storage config")
    .example("Take larger objects", "insforge storage config --max-size 100MB")
    .action(run(runConfig));

/** Shows the settings, changed first where it is asked for. @throws {UsageError} */
async function runConfig(context: Context, { maxSize }: Options): Promise<Result> {
  const megabytes = maxSize === undefined ? undefined : megabytesOf(maxSize);
  const backend = await context.backend();
  const settings = megabytes === undefined
    ? await readStorageConfig(backend)
    : await setMaxObjectSize(backend, megabytes);
  const most = `${settings.maxFileSizeMb} MB`;
  return {
    data: settings,
    view: megabytes === undefined
      ? facts([["Largest object", most]])
      : success(`Objects may have up to ${most}.`),
  };
}

/** @throws {UsageError} for what is no whole number of megabytes, the unit of backends */
function megabytesOf(text: string): number {
  const [, digits, unit = "M"] = /^(\d{1,6})\s*([MG])?(?:i?B)?$/i.exec(text.trim()) ?? [];
  const megabytes = Number(digits) * (unit.toUpperCase() === "G" ? 1024 : 1);
  if (megabytes >= 1) return megabytes;
  throw new UsageError(`--max-size is no size: ${JSON.stringify(text)}.`, {
    hint: "Give whole megabytes or gigabytes, such as 100MB or 1GB.",
  });
}
