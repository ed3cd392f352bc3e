import { Command } from "@cliffy/command";
import { mailPage } from "../../../client/backend/mail.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { showInBrowser } from "../../../terminal/browser.ts";
import type { Result } from "../../../terminal/present.ts";
import { success, text } from "../../../terminal/view.ts";

/** `insforge local mail open`: the inbox in the browser. */
export const open = (run: Run) =>
  new Command()
    .example("Open it", "insforge local mail open")
    .action(run(runOpen));

/** Opens the page where a person sits at a browser; answers its address, good for a minute. */
async function runOpen(context: Context): Promise<Result> {
  const url = await mailPage(await context.backend());
  const opened = await showInBrowser(context, url);
  return { data: { url, opened }, view: opened ? success("Opened the inbox.") : text(url) };
}
