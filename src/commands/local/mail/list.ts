import { Command } from "@cliffy/command";
import { listMail } from "../../../client/backend/mail.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { wholeNumberOption } from "../../../cli/options.ts";
import { formatDate } from "../../../terminal/dates.ts";
import type { Result } from "../../../terminal/present.ts";
import { table } from "../../../terminal/view.ts";

const USUAL_LIMIT = 20;
/** Characters of an id that tell mails apart. */
const SHORT_ID = 8;

/** `insforge local mail list`: what was sent. */
export const list = (run: Run) =>
  new Command()
    .option("--to <address:string>", "Only mails to this address.")
    .option("--limit <count:integer>", `How many (default: ${USUAL_LIMIT}).`)
    .example("List the newest", "insforge local mail list")
    .action(run(runList));

/** Lists mails with what the reader looks for. */
async function runList(
  context: Context,
  { to, limit }: { to?: string; limit?: number },
): Promise<Result> {
  const mails = await listMail(await context.backend(), {
    to,
    limit: wholeNumberOption(limit, "--limit", 1, 500) ?? USUAL_LIMIT,
  });
  return {
    data: { mails },
    view: table(
      [{ title: "Id", whole: true }, "To", "Subject", "Code or link", "Sent"],
      mails.map(({ id, recipients, subject, codes, links, sentAt }) => [
        id.slice(0, SHORT_ID),
        recipients.join(", "),
        subject,
        [...codes, ...links].join(" "),
        formatDate(sentAt, context.terminal) ?? "",
      ]),
      "No mail was sent yet.",
    ),
  };
}
