import { Command } from "@cliffy/command";
import { dirname } from "@std/path";
import type { Context, Run } from "../../cli/context.ts";
import { readTextInput } from "../../cli/input.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import { FileError, OperationError } from "../../core/errors.ts";
import { parseEnvFile } from "../../files/env_file.ts";
import { placeWithin } from "../../files/real_path.ts";
import { sourceRoot } from "../../invocation/function_sources.ts";
import type { Result } from "../../terminal/present.ts";
import { findFunction } from "./local_files.ts";
import { startDeno } from "./run_deno.ts";
import { requireOwnSources } from "./test_sources.ts";

interface Options {
  envFile?: string;
  allowNet?: boolean;
}

/** What Deno itself takes for a test. */
const TEST_FILE = /(^|[._])test\.[cm]?[jt]sx?$/;

/** `insforge functions test`: runs the tests beside a function, where Deno is at hand. */
export const test = (run: Run) =>
  new Command()
    .arguments("<slug:string>")
    .option("--env-file <path:string>", "Variables as KEY=value lines: tests see no others.")
    .option("--allow-net", "Let the tests reach the network, and this machine's own sockets.")
    .example("Run insforge/functions/hello/*.test.ts", "insforge functions test hello")
    .action(run(runTest));

/**
 * Runs them with the files beside the function and the variables that were given. They have no
 * network unasked: Deno takes whoever has it to every socket of this machine, by a proxy's address.
 * @throws {FileError} when there are none, or a link leads out
 * @throws {OperationError} when one fails, or is made of what is elsewhere
 */
async function runTest(
  context: Context,
  { envFile, allowNet = false }: Options,
  slug: string,
): Promise<Result> {
  const { path } = await findFunction(context, slug);
  const folder = placeWithin(sourceRoot(context.launch), dirname(path));
  const found = await testsIn(folder);
  if (found.length === 0) {
    throw new FileError(`There are no tests beside ${slug}.`, {
      hint: `Write one, such as ${folder}/index.test.ts`,
    });
  }
  const env = await variables(context, envFile);
  await requireOwnSources(context, folder, found, env);
  const names = Object.keys(env);
  const tests = startDeno(context, "test", [
    "--no-prompt",
    "--unstable-kv",
    ...(allowNet ? ["--allow-net"] : []),
    `--allow-read=${folder}`,
    ...(names.length > 0 ? [`--allow-env=${names.join(",")}`] : []),
    ...found.map((name) => `./${name}`),
  ], { folder, env });
  const failed = failure(slug, tests);
  if (!context.options.json) return { stream: endingWith(tests.stdout, failed), styled: true };
  const output = await new Response(tests.stdout).text();
  const success = await failed === undefined;
  return { data: { slug, success, output }, exitCode: success ? ExitCode.ok : ExitCode.general };
}

async function testsIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && TEST_FILE.test(name)) names.push(name);
  }
  return names.sort();
}

async function variables(
  context: Context,
  envFile: string | undefined,
): Promise<Record<string, string>> {
  if (envFile === undefined) return {};
  const entries = await parseEnvFile(await readTextInput(context, envFile));
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

/** Why they did not pass; what keeps them from running at all is on Deno's stderr. */
async function failure(
  slug: string,
  { stderr, status }: Deno.ChildProcess,
): Promise<OperationError | undefined> {
  const [said, { success }] = await Promise.all([new Response(stderr).text(), status]);
  if (success) return undefined;
  return new OperationError(`The tests of ${slug} failed.`, "TESTS_FAILED", {
    excerpt: said.trim() || undefined,
  });
}

function endingWith(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
  failed: Promise<OperationError | undefined>,
): ReadableStream<Uint8Array> {
  return output.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      async flush() {
        const error = await failed;
        if (error) throw error;
      },
    }),
  );
}
