import { Command } from "@cliffy/command";
import { type DocEntry, listDocs, readDoc } from "../../client/backend/docs.ts";
import type { HttpClient } from "../../client/http.ts";
import type { Context, Run } from "../../cli/context.ts";
import { CliError, HttpError, NotFoundError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { markdown, table, text } from "../../terminal/view.ts";

interface Options {
  man?: string;
}

/** What a shell suggests; what there is, the backend decides. */
const FEATURES = ["db", "storage", "functions", "auth", "ai", "realtime"];
const LANGUAGES = ["typescript", "swift", "kotlin", "rest-api"];

/** `insforge docs [FEATURE] [LANGUAGE]`: the documentation of the linked backend. */
export const docs = (run: Run) =>
  new Command()
    .arguments("[topic:string:topic] [language:string:language]")
    .complete("topic", () => ["instructions", ...FEATURES])
    .complete("language", () => LANGUAGES)
    .option("--man <folder:string>", "Write man pages and a Markdown reference of all commands.", {
      hidden: true,
    })
    .example("See what there is", "insforge docs")
    .example("Begin", "insforge docs instructions")
    .example("Read about a feature in your language", "insforge docs storage typescript")
    .example("Keep a page as Markdown", "insforge docs db rest-api > db.md")
    .action(run(runDocs));

/** Lists the pages or reads one. @throws {NotFoundError} that names the pages there are. */
export async function runDocs(
  context: Context,
  options: Options,
  ...words: (string | undefined)[]
): Promise<Result> {
  if (options.man !== undefined) {
    const { writeReference } = await import("../../reference/write.ts");
    return await writeReference(context, options.man);
  }
  const named = words.filter((word) => word !== undefined);
  const backend = await context.backend();
  return named.length === 0 ? await list(context, backend) : await read(context, backend, named);
}

async function list(context: Context, backend: HttpClient): Promise<Result> {
  const entries = await listDocs(backend);
  const pages = pagesOf(entries);
  const page = pages.find(({ length }) => length > 1) ?? pages[0];
  const isForPeople = page && context.terminal.stdoutIsTerminal;
  return {
    data: entries,
    view: [
      table(
        ["Type", "Endpoint"],
        entries.map(({ type, endpoint }) => [type, endpoint]),
        "This backend carries no documentation.",
      ),
      ...isForPeople ? [text(`\nRead a page by its words: insforge docs ${page.join(" ")}`)] : [],
    ],
  };
}

async function read(
  context: Context,
  backend: HttpClient,
  words: readonly string[],
): Promise<Result> {
  try {
    const doc = await readDoc(backend, words);
    return { data: doc, view: markdown(doc.content), paged: !context.options.yes };
  } catch (error) {
    if (!(error instanceof HttpError) || error.code !== "DOCS_NOT_FOUND") throw error;
    throw new NotFoundError(`This backend has no documentation on "${words.join(" ")}".`, {
      hint: await whatThereIs(backend, words[0]!),
      cause: error,
    });
  }
}

/** The words that lead to a page; those of one feature where it is known. */
async function whatThereIs(backend: HttpClient, feature: string): Promise<string> {
  const entries = await listDocs(backend).catch((error): DocEntry[] => {
    if (error instanceof CliError) return [];
    throw error;
  });
  const pages = pagesOf(entries);
  const languages = pages.filter(([name, language]) => name === feature && language)
    .map(([, language]) => language);
  if (languages.length > 0) {
    return `\`insforge docs ${feature}\` takes a language: ${languages.join(", ")}.`;
  }
  const names = new Set(pages.map(([name]) => name));
  return names.size > 0
    ? `Topics: ${[...names].join(", ")}. \`insforge docs\` lists every page.`
    : "`insforge docs` lists what there is.";
}

/** The words by which `insforge docs` reads each page. */
function pagesOf(entries: readonly DocEntry[]): string[][] {
  return entries.map(({ endpoint }) => endpoint.replace(/^.*\/api\/docs\//, "").split("/"));
}
