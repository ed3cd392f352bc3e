import { Command } from "@cliffy/command";
import { ifKnown } from "../../client/absent.ts";
import { getFunction, invokeFunction } from "../../client/backend/functions.ts";
import { wholeBody } from "../../client/whole_body.ts";
import { readAtMost } from "../../core/bounded_body.ts";
import type { Context, Run } from "../../cli/context.ts";
import { NotFoundError, UsageError } from "../../core/errors.ts";
import { parseExactJson } from "../../core/exact_json.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import { parseJson, readTextInput } from "../../cli/input.ts";
import type { Result } from "../../terminal/present.ts";
import { raw, text } from "../../terminal/view.ts";

interface Options {
  data?: string;
  method?: string;
  header?: string[];
  stream?: boolean;
}

const ANSWERED = "The function answered";
/** Bytes of a failure that is looked at for what it says. */
const MOST_REASON = 64 * 1024;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const WITHOUT_BODY = ["GET", "DELETE"];

/** `insforge functions invoke`: calls a function with the project's key. */
export const invoke = (run: Run) =>
  new Command()
    .arguments("<slug:string>")
    .option("--data <json:string>", "The JSON to send; @FILE or - (standard input) to read it.")
    .option("--method <method:string>", `One of ${METHODS.join(", ")} (default: POST).`)
    .option("--header <header:string>", "A header as `Name: value`; can be repeated.", {
      collect: true,
    })
    .option("--stream", "Show the body as it comes, whatever it is.")
    .example("Call it", 'insforge functions invoke hello --data \'{"name": "Ada"}\'')
    .example("Without a body", "insforge functions invoke hello --method GET")
    .example("Send a file", "insforge functions invoke hello --data @order.json")
    .action(run(runInvoke));

/**
 * Calls and shows the answer; a status of 400 or above ends with 1.
 * @throws {NotFoundError} where there is no such function
 */
async function runInvoke(context: Context, options: Options, slug: string): Promise<Result> {
  const method = methodOf(options.method);
  const headers = { "content-type": "application/json", ...headersOf(options.header ?? []) };
  if ("upgrade" in headers) {
    throw new UsageError("functions invoke sends one request and cannot keep a WebSocket.", {
      hint: `Connect to it: \`npx wscat -c ${await socketAddress(context, slug)}\`.`,
    });
  }
  const body = await bodyOf(context, options.data, method);
  const backend = await context.backend();
  using progress = context.progress(`Calling ${slug}`);
  const response = await invokeFunction(backend, slug, { method, headers, body });
  progress.stop();
  const { status } = response;
  // Functions answer 404 as well.
  if (status === 404 && !await ifKnown(getFunction(backend, slug))) {
    await response.body?.cancel();
    throw new NotFoundError(`There is no function ${slug}.`, {
      hint: "See what there is with: insforge functions list",
    });
  }
  const exitCode = status >= 400 ? ExitCode.general : ExitCode.ok;
  if (exitCode) context.note(`HTTP ${status}`);
  if (exitCode && !options.stream && await isForSockets(response.clone())) {
    context.note(
      `The function wants a WebSocket: \`npx wscat -c ${await socketAddress(context, slug)}\`.`,
    );
  }
  if (options.stream) return { stream: response.body ?? new Blob([]).stream(), exitCode };
  return context.options.json
    ? { data: await documentOf(response), exitCode }
    : { ...await shown(context, response), exitCode };
}

async function socketAddress(context: Context, slug: string): Promise<string> {
  const { url } = await context.target();
  return `${url.replace(/^http/, "ws")}/functions/${slug}`;
}

/** Whether a failure is that of a function that only answers WebSockets. */
async function isForSockets(response: Response): Promise<boolean> {
  const isText = /json|text/.test(response.headers.get("content-type") ?? "");
  const said = isText
    ? await readAtMost(response, MOST_REASON)
    : void await response.body?.cancel();
  return response.status === 426 ||
    /upgrade\W.*websocket|expected websocket/i.test(new TextDecoder().decode(said));
}

function methodOf(given = "POST"): string {
  const method = given.toUpperCase();
  if (METHODS.includes(method)) return method;
  throw new UsageError(`--method is one of ${METHODS.join(", ")}; it is ${JSON.stringify(given)}.`);
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value] = /^([^\s:]+):(.*)$/s.exec(line) ?? [];
    try {
      new Headers([[name!, value!.trim()]]);
    } catch {
      throw new UsageError(`--header is no header: ${JSON.stringify(line)}.`, {
        hint: "Write it as 'Name: value'.",
      });
    }
    headers[name!.toLowerCase()] = value!.trim();
  }
  return headers;
}

async function bodyOf(
  context: Context,
  data: string | undefined,
  method: string,
): Promise<string | undefined> {
  if (data === undefined) return undefined;
  if (WITHOUT_BODY.includes(method)) {
    throw new UsageError(`--data cannot be sent with ${method}.`, {
      hint: "Use --method POST, PUT or PATCH.",
    });
  }
  const isFile = data.startsWith("@") || data === "-";
  const json = isFile ? await readTextInput(context, data.replace(/^@/, "")) : data;
  parseJson(json, "--data");
  return json;
}

/** The document of `--json`: the body parsed, as text, or as Base64 where it is neither. */
async function documentOf(response: Response) {
  const { status, headers } = response;
  const bytes = await wholeBody(response, ANSWERED);
  const facts = { status, headers: Object.fromEntries(headers) };
  const text = decoded(bytes);
  if (text === undefined) return { ...facts, body: bytes.toBase64(), encoding: "base64" };
  return { ...facts, body: isJson(response) ? parsed(text) : text };
}

async function shown(context: Context, response: Response): Promise<Result> {
  if (!context.terminal.stdoutIsTerminal || isText(response)) {
    return { stream: response.body ?? new Blob([]).stream() };
  }
  const bytes = await wholeBody(response, ANSWERED);
  const body = decoded(bytes);
  if (body === undefined) {
    return { view: text(`${bytes.length} bytes of binary data: send them to a file with >.`) };
  }
  if (isJson(response)) {
    return { view: raw(`${JSON.stringify(parsed(body), null, 2)}\n`) };
  }
  return { view: body ? text(body) : [] };
}

function isJson(response: Response): boolean {
  return /\bjson\b/.test(response.headers.get("content-type") ?? "");
}

function isText(response: Response): boolean {
  return /^text\//.test(response.headers.get("content-type") ?? "");
}

/** What is labelled as JSON and is none stays text. */
function parsed(body: string): unknown {
  try {
    return parseExactJson(body);
  } catch {
    return body;
  }
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
