import { Command } from "@cliffy/command";
import type { LogEntry } from "../../client/backend/logs.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { FOLLOW, GREP, LIMIT, type LogOptions, showLog, SINCE } from "../logs/logs.ts";
import { checkSlug } from "./local_files.ts";

/** The log that functions share. */
const SOURCE = "function.logs";

/** `insforge functions logs`: what one function wrote, and its calls. */
export const logs = (run: Run) =>
  new Command()
    .arguments("<slug:string>")
    .option(...LIMIT)
    .option(...SINCE)
    .option(...GREP)
    .option(...FOLLOW)
    .example("Watch one", "insforge functions logs hello --follow")
    .action(run(runLogs));

/** @throws {UsageError} before any request */
async function runLogs(context: Context, options: LogOptions, slug: string): Promise<Result> {
  checkSlug(slug);
  return await showLog(context, SOURCE, options, (entry) => isOf(slug, entry));
}

/** Backends differ in where they note a function's slug: in a field, or in the line itself. */
function isOf(slug: string, { eventMessage = "", body, slug: own }: LogEntry): boolean {
  const noted = own ?? body?.slug ?? body?.metadata?.slug;
  return noted === undefined ? wordsOf(eventMessage).includes(slug) : noted === slug;
}

function wordsOf(line: string): string[] {
  return line.split(/[^\w-]+/);
}
