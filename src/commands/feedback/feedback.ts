import { Command } from "@cliffy/command";
import { sendFeedback } from "../../client/platform/feedback.ts";
import type { Context, Run } from "../../cli/context.ts";
import { readTextInput } from "../../cli/input.ts";
import { choiceOption, filledOption } from "../../cli/options.ts";
import { isSelfHosted, type Project } from "../../config/project.ts";
import { UsageError } from "../../core/errors.ts";
import {
  FEEDBACK_COMPONENTS,
  FEEDBACK_LENGTHS,
  FEEDBACK_SEVERITIES,
  FEEDBACK_TYPES,
  type FeedbackTexts,
} from "../../shared/contract/feedback.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";
import { shortened, withoutSecrets } from "./without_secrets.ts";

interface Options {
  type?: string;
  component?: string;
  severity?: string;
  language?: string;
  title?: string;
  detail?: string;
  file?: string;
  area?: string;
  command?: string;
  error?: string;
  expected?: string;
  workaround?: string;
  doc?: string;
}

/** `insforge feedback`. */
export const feedback = (run: Run) =>
  new Command()
    .option("--type <type:string>", `One of ${FEEDBACK_TYPES.join(", ")}.`)
    .option("--component <part:string>", `One of ${FEEDBACK_COMPONENTS.join(", ")}.`)
    .option("--title <title:string>", "What it is, in one line.")
    .option("--detail <text:string>", "What happened, and how to see it again.")
    .option("--file <path:string>", "Read the detail from a file, or from - for stdin.")
    .option("--severity <severity:string>", `One of ${FEEDBACK_SEVERITIES.join(", ")}.`)
    .option("--language <language:string>", "Of the SDK, such as js, python or swift.")
    .option("--area <area:string>", "Such as db, auth, storage or functions.")
    .option("--command <line:string>", "The command or the call that met it.")
    .option("--error <text:string>", "What it said.")
    .option("--expected <text:string>", "What was to be expected, and where that stands.")
    .option("--workaround <text:string>", "What does it instead.")
    .option("--doc <page:string>", "The page or the skill that says otherwise.")
    .example(
      "Tell of a fault",
      "insforge feedback --type bug --component docs --title T --detail D",
    )
    .action(run(runFeedback));

/** Asks for what is missing, takes out what is private, and sends the report. */
async function runFeedback(context: Context, options: Options): Promise<Result> {
  if (options.detail !== undefined && options.file !== undefined) {
    throw new UsageError("Give either --detail or --file.");
  }
  const severity = choiceOption(options.severity, "--severity", FEEDBACK_SEVERITIES) ?? "minor";
  context.prompt.need(
    missing(options),
    "See `insforge feedback --help`: nobody can be asked here.",
  );
  const type = choiceOption(options.type, "--type", FEEDBACK_TYPES) ??
    await choose(context, "What is it", "--type", FEEDBACK_TYPES);
  const component = choiceOption(options.component, "--component", FEEDBACK_COMPONENTS) ??
    await choose(context, "Where does it lie", "--component", FEEDBACK_COMPONENTS);
  const language = component === "sdk"
    ? await textOf(context, options.language, "Language of the SDK", "--language")
    : options.language;
  const title = await textOf(context, options.title, "In one line", "--title");
  const detail = options.file === undefined ? options.detail : await readTextInput(
    context,
    options.file,
  );
  const { area, command, error, expected, workaround, doc } = options;
  const texts: FeedbackTexts = {
    title,
    detail: await textOf(context, detail, "What happened", "--detail"),
    language: language?.toLowerCase(),
    area,
    command,
    error,
    expected,
    workaround,
    doc_ref: doc,
  };
  using progress = context.progress("Sending the report");
  const answer = await sendFeedback(context, {
    type,
    component,
    severity,
    ...sendable(texts),
    ...placeOf(context.launch.project.project),
    client_info: {
      source: "cli",
      cli_version: context.launch.version,
      node_version: `deno ${Deno.version.deno}`,
      os: Deno.build.os,
    },
  });
  progress.stop();
  const isKnown = answer.status === "duplicate";
  return {
    data: answer,
    view: [
      success(isKnown ? "This was told before, and is counted once more." : "The report is sent."),
      text("Mail addresses, keys, tokens and home folders were taken out before."),
    ],
  };
}

/** The options that every report has, and this one has not. */
function missing({ type, component, language, title, detail, file }: Options): string[] {
  const required = {
    "--type": type,
    "--component": component,
    "--language": component === "sdk" ? language : "",
    "--title": title,
    "--detail": detail ?? file,
  };
  return Object.entries(required).flatMap(([name, value]) => value === undefined ? [name] : []);
}

/** The texts that there are, without what is private, as long as they may be. */
function sendable(texts: FeedbackTexts): FeedbackTexts {
  const entries = Object.entries(texts) as [keyof FeedbackTexts, string | undefined][];
  return Object.fromEntries(entries.flatMap(([name, value]) => {
    const sent = shortened(withoutSecrets(value?.trim() ?? ""), FEEDBACK_LENGTHS[name]);
    return sent === "" ? [] : [[name, sent]];
  }));
}

/** What InsForge knows already of a hosted project. */
function placeOf(project: Project | undefined): Record<string, string | undefined> {
  if (!project || isSelfHosted(project)) return {};
  return { project_id: project.project_id, org_id: project.org_id, region: project.region };
}

async function choose<Word extends string>(
  { prompt }: Context,
  question: string,
  option: string,
  words: readonly Word[],
): Promise<Word> {
  return await prompt.select(question, option, words.map((word) => ({ label: word, value: word })));
}

async function textOf(
  { prompt }: Context,
  given: string | undefined,
  question: string,
  option: string,
): Promise<string> {
  const isFilled = (value: string) => value.trim() !== "" || "It is empty.";
  return filledOption(given, option) ?? await prompt.text(question, option, isFilled);
}
