/** What commands read besides their arguments: files and standard input. */
import { placeOf } from "../files/typed_path.ts";
import type { Context } from "./context.ts";
import { reason } from "../files/reason.ts";
import { FileError, UsageError } from "../core/errors.ts";
import { isJsonObject, parseExactJson } from "../core/exact_json.ts";

/** Reads text from a file, or from standard input for `-`. @throws {FileError} */
export async function readTextInput(context: Context, source: string): Promise<string> {
  const bytes = source === "-" ? await readStdin(context) : await readFile(context, source);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new FileError(`${nameOf(source)} is not UTF-8 text.`, {
      hint: "Convert it to UTF-8 first.",
      cause: error,
    });
  }
}

/** The text behind `-` without its final line break, for single values. @throws {FileError} */
export async function readStdinValue(context: Context): Promise<string> {
  return (await readTextInput(context, "-")).replace(/\r?\n$/, "");
}

/** Parses the value of an option as JSON. @throws {UsageError} that names the option. */
export function parseJson(value: string, option: string): unknown {
  try {
    return parseExactJson(value);
  } catch (error) {
    throw new UsageError(`${option} is not valid JSON: ${(error as Error).message}.`, {
      hint: `Quote it for the shell, such as ${option} '{"name": "value"}'.`,
      cause: error,
    });
  }
}

/** Parses an option's value as a JSON object. @throws {UsageError} that names the option. */
export function parseJsonObject(value: string, option: string): Record<string, unknown> {
  const parsed = parseJson(value, option);
  if (!isJsonObject(parsed)) {
    throw new UsageError(`${option} must be a JSON object.`, {
      hint: `Such as ${option} '{"name": "value"}'.`,
    });
  }
  return parsed;
}

/** Tells which lines of a file of variables set none. */
export function noteUnread(context: Context, lines: readonly number[]): void {
  if (lines.length === 0) return;
  context.note(
    `No KEY=value, and so left out: line ${lines.join(", ")}. A value of several lines stands in ` +
      "quotes.",
  );
}

async function readFile(context: Context, path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(placeOf(context.launch, path), { signal: context.signal });
  } catch (error) {
    throw new FileError(`Cannot read ${path}: ${reason(error)}.`, { cause: error });
  }
}

async function readStdin(context: Context): Promise<Uint8Array> {
  if (context.terminal.stdinIsTerminal) {
    context.note("Reading standard input; end it with Ctrl-D.");
  }
  return new Uint8Array(await new Response(context.terminal.stdin).arrayBuffer());
}

function nameOf(source: string): string {
  return source === "-" ? "Standard input" : source;
}
