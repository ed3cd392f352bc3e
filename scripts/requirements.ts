/**
 * Writes tests/requirements.md: what the program must do, and the tests that hold it to that. A
 * test belongs to a requirement whose number its title begins with, such as `R5: …`.
 */
import { walk } from "@std/fs/walk";
import { fromFileUrl, relative } from "@std/path";

const TESTS = fromFileUrl(new URL("../tests", import.meta.url));
/** The generated file. */
export const REQUIREMENTS_FILE = `${TESTS}/requirements.md`;

/** Requirement 1 comes first. */
const REQUIREMENTS: readonly string[] = [
  "Statuses of backends become exit codes: 401 → 2, 403 → 5, 404 → 4",
  "Usage errors exit 1, with one JSON error under `--json`",
  "Errors show the backend's message and next steps; what is no JSON shows status and host",
  "A route that an older backend lacks is said to be lacking",
  "Network failures name the host and the cause",
  "`--json` gives exactly one document on stdout, and none on failure",
  "A large result through a pipe arrives whole",
  "A reader that goes away ends the program quietly",
  "What did not happen never exits 0",
  "Side calls change neither exit code nor output",
  "`--json` and `-y` work before and after each subcommand",
  "No flag of a command hides a global one; `-y` alone confirms",
  "`-y` asks nothing; a missing value is an error that names its flag",
  "Without a terminal there is no hang and no question",
  "`INSFORGE_EMAIL` and `INSFORGE_PASSWORD` log in, blanks included",
  "`INSFORGE_ACCESS_TOKEN` needs no file",
  "`INSFORGE_PROJECT_ID` changes the target and no file",
  "Values with dashes, `=`, newlines and other alphabets arrive unchanged",
  "Booleans, integers and choices are checked before the first request",
  "`--client-id` is honoured",
  "After 401 the session is renewed once, and the request repeated once",
  "`INSFORGE_ACCESS_TOKEN` leaves the stored session alone",
  "A renewal that fails opens no browser, and tells network from credentials",
  "A login without a refresh token works, and asks to log in again later",
  "Several processes keep the credentials whole, and private",
  "Addresses in `project.json` are repaired where that is safe",
  "Ids of self-hosted projects are known",
  "Unknown fields of configuration files survive",
  "No key, token or password is in any output",
  "A masked database password is waited for, and never written out",
  "`link --project-id` keeps the default organization",
  "`.insforge` is ignored by git, once",
  "A creation that times out names the project; a bad template leaves no folder",
  "Names with spaces and quotes are safe",
  "Polling forgives what passes, and nothing else",
  "Polling that ends in failures tells the last one",
  "States are compared without case; `CANCELED` ends the wait",
  "`create` polls with the same patience, and stops when the project failed",
  "Each request has a time limit",
  "Transfers of 200 MB run in bounded memory",
  "No key follows a redirect to another origin, nor goes to a presigned address",
  "What is too large is named with its size",
  "The content type is that of the base name's extension",
  "A key that the backend chose is shown",
  "Keys and ids are encoded in each path",
  "After an ambiguous creation the result is looked for first",
  "Deploying a function updates the one that is there",
  "Redeploying leaves name and description as they are",
  "A failed build exits 1, with its document",
  "An export imports again, and is SQL",
  "An export that is cut never passes for whole; `--output` works with `--json`",
  "Values of queries keep what they are",
  "Schema commands take wrapped and bare answers, and nulls",
  "206 of a listing is success",
  "A deployment takes the folder that is named, and no secrets or dependencies",
  "An archive is in order, portable, and holds nothing from elsewhere",
  "Ignore patterns of folders hold",
  "`logs` shows messages, and knows its sources in any case",
  "Schedules of six fields and below a minute are refused here",
  "Nothing needs Node, npm or git",
  "JSON has the documented names, whatever an older backend sends",
  "`secrets delete` says that it can be undone",
  "Output is the same on every system",
];

/** The text that the file should hold. @throws {Error} for a requirement without a test */
export async function requirementsSource(): Promise<string> {
  const tests = await testsByNumber();
  const rows = REQUIREMENTS.map((requirement, index) => {
    const number = index + 1;
    const files = tests.get(number);
    if (!files) throw new Error(`No test carries R${number}: ${requirement}`);
    return [`R${number}`, requirement, files.map((file) => `[${file}](${file})`).join(", ")];
  });
  const unknown = [...tests.keys()].filter((number) => number > REQUIREMENTS.length);
  if (unknown.length > 0) throw new Error(`There is no requirement R${unknown.join(", R")}`);
  return `# Requirements

Written by \`scripts/requirements.ts\` from the titles of the tests: do not edit.

${table([["", "Requirement", "Tests"], ...rows])}`;
}

/** The files whose tests carry a number. */
async function testsByNumber(): Promise<Map<number, string[]>> {
  const found = new Map<number, Set<string>>();
  for await (const { path } of walk(TESTS, { exts: [".test.ts"] })) {
    const text = await Deno.readTextFile(path);
    const file = relative(TESTS, path).replaceAll("\\", "/");
    for (const [, numbers] of text.matchAll(/["`]((?:R\d+, )*R\d+): /g)) {
      for (const [, digits] of numbers!.matchAll(/R(\d+)/g)) {
        const number = Number(digits);
        found.set(number, (found.get(number) ?? new Set()).add(file));
      }
    }
  }
  return new Map([...found].map(([number, files]) => [number, [...files].sort()]));
}

/** A table of Markdown as the formatter has it; the first row is its head. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) =>
    Math.max(3, ...rows.map((cells) => cells[column]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |\n`;
  const [head, ...rest] = rows as [string[], ...string[][]];
  return [head, widths.map((width) => "-".repeat(width)), ...rest].map(line).join("");
}

if (import.meta.main) await Deno.writeTextFile(REQUIREMENTS_FILE, await requirementsSource());
