import { Command } from "@cliffy/command";
import { listSecrets } from "../../client/backend/secrets.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";

/** `insforge secrets list`: the secrets, never their values. */
export const list = (run: Run) =>
  new Command()
    .option("--all", "Show deleted secrets as well.")
    .example("List the secrets", "insforge secrets list")
    .action(run(runList));

/** Lists active secrets, or all. */
async function runList(context: Context, options: { all?: boolean }): Promise<Result> {
  const all = await listSecrets(await context.backend());
  const secrets = options.all ? all : all.filter(({ isActive }) => isActive);
  const key = { title: "Key", whole: true };
  const date = (iso?: string | null) => formatDate(iso, context.terminal) ?? "";
  return {
    data: { secrets },
    view: table(
      options.all
        ? [key, "Active", "Reserved", "Expires", "Updated"]
        : [key, "Reserved", "Expires", "Updated"],
      secrets.map(({ key, isActive, isReserved, expiresAt, updatedAt }) => [
        key,
        ...(options.all ? [yesOrNo(isActive)] : []),
        yesOrNo(isReserved),
        expiresAt ? date(expiresAt) : "never",
        date(updatedAt),
      ]),
      "There are no secrets yet.",
    ),
  };
}

function yesOrNo(value: boolean): string {
  return value ? "yes" : "no";
}
