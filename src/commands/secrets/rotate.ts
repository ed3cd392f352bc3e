import { Command } from "@cliffy/command";
import { type KeyKind, rotateKey } from "../../client/backend/secrets.ts";
import { writeProject } from "../../config/project.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { raw, success, text, type View } from "../../terminal/view.ts";

interface Options {
  grace?: number;
  /** What InsForge's own CLI calls it. */
  graceHours?: number;
}

/** Hours that an old key may go on working, at most and unless told otherwise (section 9). */
const GRACE: Readonly<Record<KeyKind, { readonly most: number; readonly usual: number }>> = {
  "api-key": { most: 168, usual: 24 },
  "anon-key": { most: 720, usual: 168 },
};

/** `insforge secrets rotate`: another API key or anon key. */
export const rotate = (run: Run) =>
  new Command()
    .arguments("<key:string>")
    .option("--grace <hours:integer>", "How long the old key goes on working.")
    .option("--grace-hours <hours:integer>", "The same.", { hidden: true })
    .example("Replace the API key", "insforge secrets rotate api-key")
    .example("Replace a key that leaked", "insforge secrets rotate anon-key --grace 0 -y")
    .action(run(runRotate));

/**
 * Replaces a key. A new API key goes into the project file, and is shown only where there is none;
 * the anon key, which apps carry with them, is shown.
 * @throws {FileError} before anything has changed, when the project file could not be written
 */
async function runRotate(
  context: Context,
  { graceHours, grace = graceHours }: Options,
  kind: string,
): Promise<Result> {
  if (kind !== "api-key" && kind !== "anon-key") {
    throw new UsageError(`There is no key ${kind}.`, { hint: "Use api-key or anon-key." });
  }
  const { most, usual } = GRACE[kind];
  if (grace !== undefined && (grace < 0 || grace > most)) {
    const option = grace === graceHours ? "--grace-hours" : "--grace";
    throw new UsageError(`${option} must be from 0 to ${most} hours.`);
  }
  const { project } = await context.target();
  const root = context.launch.projectRoot;
  const isStored = kind === "api-key" && project !== undefined;
  await context.prompt.confirm(
    `Replace the ${kind}? The old one stops working ${
      grace === 0 ? "at once" : `after ${grace ?? usual} hours`
    }.`,
  );
  // A key that could not be kept would be lost: so it is tried before.
  if (isStored) await writeProject(root, project);
  const { key, oldKeyExpiresAt } = await rotateKey(await context.backend(), kind, grace);
  if (isStored) await writeProject(root, { ...project, api_key: key });
  const view: View[] = [success(`Replaced the ${kind}.`)];
  if (oldKeyExpiresAt) view.push(text(`The old one works until ${oldKeyExpiresAt}.`));
  if (isStored) view.push(text("The link of this directory has the new one."));
  else view.push(raw(`${key}\n`));
  return { data: { success: true, key: isStored ? undefined : key, oldKeyExpiresAt }, view };
}
