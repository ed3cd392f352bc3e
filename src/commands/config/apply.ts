import { Command } from "@cliffy/command";
import { getSecret } from "../../client/backend/secrets.ts";
import { type SettingsArea, writeSettings } from "../../client/backend/settings.ts";
import type { HttpClient } from "../../client/http.ts";
import type { Context, Run } from "../../cli/context.ts";
import { HttpError, NotFoundError } from "../../core/errors.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";
import { type Change, fieldsOf } from "./difference.ts";
import { comparePlan } from "./input.ts";
import { planView, rowsOf, skippedView } from "./plan_view.ts";
import { pathOf, SETTINGS, SMTP } from "./settings.ts";

interface Options {
  file?: string;
  dryRun?: boolean;
  autoApprove?: boolean;
}

/** `insforge config apply`. */
export const apply = (run: Run) =>
  new Command()
    .option("--file <path:string>", "The file (default: insforge.toml of the project).")
    .option("--dry-run", "Show what would change, and change nothing.")
    .option("--auto-approve", "Do not ask; the same as --yes.")
    .example("Set what the file says", "insforge config apply")
    .example("In CI", "insforge config apply --auto-approve --json")
    .action(run(runApply));

/**
 * Sets what the file says, an area at a time; what the backend does not know is passed over.
 * Secrets that the file names are read first, so that a missing one changes nothing.
 * @throws {DeclinedError} @throws {FileError} @throws {NotFoundError} for a missing secret
 */
async function runApply(context: Context, options: Options): Promise<Result> {
  const plan = await comparePlan(context, options.file);
  const { changes } = plan;
  if (changes.length === 0 || options.dryRun) {
    const data = { plan, applied: false, dryRun: options.dryRun ?? false };
    return { data, view: planView(plan) };
  }
  const applied = changes.filter((change) => !plan.skipped.includes(pathOf(change)));
  const backend = await context.backend();
  const password = await passwordOf(backend, applied);
  if (!options.autoApprove && applied.length > 0) {
    for (const [setting, from, to] of applied.flatMap(rowsOf)) {
      context.note(`${setting}: ${from} → ${to}`);
    }
    const { url } = await context.target();
    await context.prompt.confirm(
      `Change ${plural(applied.length, "setting")} of ${new URL(url).host}?`,
    );
  }
  for (const area of areasOf(applied)) {
    const fields = fieldsOf(applied, area);
    await writeSettings(backend, area, area === "smtp" ? { ...fields, ...password } : fields);
  }
  const skipped = plan.skipped.map((key) => ({
    key,
    reason: `This backend has no ${key}: upgrade the project, then apply the file again.`,
  }));
  return {
    data: { plan, applied, skipped },
    view: [
      applied.length > 0
        ? success(`Changed ${applied.map(pathOf).join(", ")}.`)
        : text("Nothing was changed."),
      ...skippedView(plan.skipped),
    ],
  };
}

function areasOf(changes: readonly Change[]): SettingsArea[] {
  const sections = new Set(changes.map(({ section }) => section));
  const areas = SETTINGS.filter(({ section }) => sections.has(section)).map(({ area }) => area);
  return [...new Set(areas)];
}

/** The password of the mail server, where the file names its secret. */
async function passwordOf(
  backend: HttpClient,
  changes: readonly Change[],
): Promise<{ password?: string }> {
  const name = changes.find(({ section }) => section === SMTP)?.passwordEnvRef;
  if (name === undefined) return {};
  const { value } = await getSecret(backend, name).catch((error) => {
    if (!(error instanceof HttpError && error.status === 404)) throw error;
    throw new NotFoundError(`There is no secret ${name}, which ${SMTP}.password names.`, {
      hint: `Run: insforge secrets add ${name} -`,
      cause: error,
    });
  });
  return { password: value };
}
