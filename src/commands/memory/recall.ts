import { Command } from "@cliffy/command";
import { recallMemories } from "../../client/backend/memory.ts";
import type { Context, Run } from "../../cli/context.ts";
import { wholeNumberOption } from "../../cli/options.ts";
import { UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { heading, text, type View } from "../../terminal/view.ts";
import { tellComparison } from "./comparison.ts";

interface Options {
  scope?: string;
  limit?: number;
  threshold?: number;
}

/** Memories that are answered at most. */
const MOST = 50;

/** `insforge memory recall`. */
export const recall = (run: Run) =>
  new Command()
    .arguments("<query:string>")
    .option("--scope <scope:string>", "The scope that they were kept in.")
    .option("--limit <memories:integer>", "The most memories (default: 5).")
    .option("--threshold <share:number>", "How near they must be, from 0 to 1 (default: 0.45).")
    .example("Ask what is known", 'insforge memory recall "how are tags filtered"')
    .action(run(runRecall));

/** Finds memories, the nearest first. @throws {UsageError} for a value out of range */
async function runRecall(context: Context, options: Options, query: string): Promise<Result> {
  const { scope, threshold } = options;
  const limit = wholeNumberOption(options.limit, "--limit", 1, MOST);
  if (threshold !== undefined && !(threshold >= 0 && threshold <= 1)) {
    throw new UsageError(`--threshold must be from 0 to 1; it is ${threshold}.`);
  }
  if (query.trim() === "") {
    throw new UsageError("There is nothing to recall.", {
      hint: 'Say what about: insforge memory recall "how are tags filtered"',
    });
  }
  const question = { scope, query, limit, threshold };
  const answer = await recallMemories(await context.backend(), question);
  tellComparison(context, answer);
  const view = answer.memories.flatMap(({ kind, title, content, similarity }): View[] => [
    heading(`${Math.round(similarity * 100)} % ${kind}: ${title}`),
    ...content === title ? [] : [text(content)],
  ]);
  return { data: answer, view: view.length > 0 ? view : text("Nothing like it is remembered.") };
}
