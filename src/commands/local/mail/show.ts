import { Command } from "@cliffy/command";
import { findMail } from "../../../client/backend/mail.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { formatDate } from "../../../terminal/dates.ts";
import type { Result } from "../../../terminal/present.ts";
import { facts, text } from "../../../terminal/view.ts";

/** `insforge local mail show`: one mail, its code and links first. */
export const show = (run: Run) =>
  new Command()
    .arguments("[id:string]")
    .option("--to <address:string>", "The newest mail to this address.")
    .example("The newest", "insforge local mail show")
    .example("One of the list", "insforge local mail show 0f8fad5b")
    .example("A code, for a script", "insforge local mail show --json | jq -r '.codes[0]'")
    .action(run(runShow));

/** Shows the mail with this id, or the newest. */
async function runShow(
  context: Context,
  { to }: { to?: string },
  id?: string,
): Promise<Result> {
  const mail = await findMail(await context.backend(), { id, to });
  const { recipients, cc, codes, links, sender, subject, sentAt } = mail;
  const entries = [
    ["Code", codes.join(" ")],
    ["Link", links.join("\n")],
    ["From", sender],
    ["To", recipients.join(", ")],
    ["Cc", cc.join(", ")],
    ["Subject", subject],
    ["Sent", formatDate(sentAt, context.terminal) ?? ""],
  ] as const;
  return {
    data: mail,
    view: [facts(entries.filter(([, value]) => value !== "")), text(`\n${mail.text}`)],
  };
}
