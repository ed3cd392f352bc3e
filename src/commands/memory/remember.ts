import { Command } from "@cliffy/command";
import type { MemoryKind } from "../../shared/contract/backend.ts";
import { rememberMemories } from "../../client/backend/memory.ts";
import type { Context, Run } from "../../cli/context.ts";
import { readTextInput } from "../../cli/input.ts";
import { choiceOption } from "../../cli/options.ts";
import { UsageError } from "../../core/errors.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { table, text } from "../../terminal/view.ts";
import { tellComparison } from "./comparison.ts";

interface Options {
  kind?: string;
  title?: string;
  scope?: string;
  source?: string;
  file?: string;
  transcript?: boolean;
}

const KINDS: readonly MemoryKind[] = ["fact", "decision", "preference", "reference"];

/** Characters that a title may have. */
const LONGEST_TITLE = 2_000;

/** `insforge memory remember`. */
export const remember = (run: Run) =>
  new Command()
    .arguments("[content:string]")
    .option("--kind <kind:string>", "fact, decision, preference or reference (default: fact).")
    .option("--title <title:string>", "One line that tells what it is about.")
    .option("--scope <scope:string>", "Keep it apart from those of other scopes.")
    .option("--source <source:string>", "Where it comes from, such as the id of a task.")
    .option("--file <path:string>", "Read the content from a file, or from - for stdin.")
    .option("--transcript", "Have a model find what is worth keeping in the content.")
    .example(
      "Keep a decision",
      'insforge memory remember --kind decision "Tags are text[]: no join table"',
    )
    .example("Keep what a session learned", "insforge memory remember --transcript --file notes.md")
    .action(run(runRemember));

/** Keeps a memory. @throws {UsageError} without a content, and for an unknown kind */
async function runRemember(
  context: Context,
  options: Options,
  words?: string,
): Promise<Result> {
  const { scope, source, file, transcript } = options;
  const kind = choiceOption(options.kind, "--kind", KINDS);
  if (words !== undefined && file !== undefined) {
    throw new UsageError("Give either the content or --file.");
  }
  const content = (file === undefined ? words : await readTextInput(context, file))?.trim();
  if (!content) {
    throw new UsageError("There is no content to remember.", {
      hint: 'Type it: insforge memory remember "Retries are capped at 3"',
    });
  }
  const title = options.title ?? content.split("\n", 1)[0]!.slice(0, LONGEST_TITLE);
  const memory = transcript ? { transcript: content } : { kind, title, content };
  const answer = await rememberMemories(await context.backend(), { scope, source, ...memory });
  tellComparison(context, answer);
  const { results } = answer;
  const kept = results.filter(({ action }) => action !== "NOOP").length;
  return {
    data: answer,
    view: [
      table(
        ["Action", "Title"],
        results.map(({ action, title }) => [action, title]),
        "There was nothing worth remembering in it.",
      ),
      ...results.length > 0
        ? [text(`${plural(kept, "memory", "memories")} kept, ${results.length - kept} known.`)]
        : [],
    ],
  };
}
