import { Command } from "@cliffy/command";
import { listUsers } from "../../../client/backend/auth.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { wholeNumberOption } from "../../../cli/options.ts";
import { formatDate } from "../../../terminal/dates.ts";
import type { Result } from "../../../terminal/present.ts";
import { table, text } from "../../../terminal/view.ts";

const USUAL_LIMIT = 50;

interface Options {
  search?: string;
  limit?: number;
  offset?: number;
}

/** `insforge auth users list`: who signed up. */
export const list = (run: Run) =>
  new Command()
    .option("--search <text:string>", "Only users with this in their address or name.")
    .option("--limit <count:integer>", `How many (default: ${USUAL_LIMIT}).`)
    .option("--offset <count:integer>", "How many to pass over.")
    .example("List the users", "insforge auth users list")
    .action(run(runList));

/** Lists one page of users, and says how many more there are. */
async function runList(context: Context, options: Options): Promise<Result> {
  const { search } = options;
  const limit = wholeNumberOption(options.limit, "--limit", 1, 1000) ?? USUAL_LIMIT;
  const offset = wholeNumberOption(options.offset, "--offset", 0) ?? 0;
  const { data: users, pagination } = await listUsers(await context.backend(), {
    search,
    limit,
    offset,
  });
  const { total } = pagination;
  const view = table(
    [
      { title: "Id", whole: true },
      "Address",
      { title: "Name", spare: true },
      { title: "Confirmed", spare: true },
      { title: "Signs in by", spare: true },
      { title: "Since", spare: true },
    ],
    users.map(({ id, email, profile, emailVerified, providers = [], createdAt }) => [
      id,
      email,
      profile?.name ?? "",
      emailVerified ? "yes" : "no",
      providers.join(", "),
      formatDate(createdAt, context.terminal) ?? "",
    ]),
    search ? `No user has ${search} in address or name.` : "Nobody has signed up yet.",
  );
  const more = total - offset - users.length;
  return {
    data: { users, total },
    view: more > 0 ? [view, text(`${more} more: --offset ${offset + users.length}`)] : view,
  };
}
