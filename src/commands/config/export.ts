import { Command } from "@cliffy/command";
import { readSettings } from "../../client/backend/settings.ts";
import type { Context, Run } from "../../cli/context.ts";
import { writeOutputFile } from "../../files/output_file.ts";
import { isThere } from "../../files/real_path.ts";
import { placeOf } from "../../files/typed_path.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";
import { documentOf, renderConfig, usualConfigFile } from "./config_file.ts";
import { exportedValues } from "./live.ts";
import { skippedView } from "./plan_view.ts";

interface Options {
  out?: string;
  force?: boolean;
}

/** `insforge config export`. */
export const exportConfig = (run: Run) =>
  new Command()
    .option("--out <path:string>", "The file (default: insforge.toml of the project).")
    .option("--force", "Replace the file without asking.")
    .example("Keep the settings in git", "insforge config export")
    .example("Compare two backends", "insforge config export --out staging.toml")
    .action(run(runExport));

/**
 * Writes the backend's settings into a file. Secrets stay where they are: a password becomes the
 * name of one.
 * @throws {DeclinedError} @throws {FileError}
 */
async function runExport(context: Context, { out, force }: Options): Promise<Result> {
  const { launch } = context;
  const path = out ?? usualConfigFile(launch.projectRoot);
  const place = placeOf(launch, path);
  if (!force && isThere(place)) {
    await context.prompt.confirm(`${path} is there already. Replace it?`);
  }
  const { values, skipped } = exportedValues(await readSettings(await context.backend()));
  const config = documentOf(values);
  await writeOutputFile(launch, path, ReadableStream.from([await renderConfig(config)]));
  const hasPassword = [...values].some(([{ key }]) => key === "password");
  return {
    data: { written: place, config, skipped },
    view: [
      success(`Wrote ${path}.`),
      ...hasPassword
        ? [text("The mail server's password stays: insforge secrets add SMTP_PASSWORD -")]
        : [],
      ...skippedView(skipped),
    ],
  };
}
