import { Command } from "@cliffy/command";
import { dirname } from "@std/path";
import { placeOf } from "../../files/typed_path.ts";
import type { Context, Run } from "../../cli/context.ts";
import { OperationError, UsageError } from "../../core/errors.ts";
import { findFunction, findFunctions, functionFolder, type LocalFunction } from "./local_files.ts";
import { openBundling } from "./bundle.ts";
import { environmentOf } from "./serve_environment.ts";
import { portOption } from "../../cli/options.ts";
import { PORT_FORBIDDEN, PORT_TAKEN } from "../../shared/contract/state.ts";
import { PortForbidden } from "../../shared/contract/port_forbidden.ts";
import { escapeControl, escapeJson } from "../../terminal/escape.ts";
import type { Result } from "../../terminal/present.ts";
import { type Style, styleFor } from "../../terminal/style.ts";

interface Options {
  port?: number;
  envFile?: string;
  cachedOnly?: boolean;
  inspect?: string | true;
}

/** Where the functions of a self-hosted InsForge run. */
const DEFAULT_PORT = 7133;
const PORT_RANGE = 50;

/** `insforge functions serve`: the functions of this directory, as they are now. */
export const serve = (run: Run) =>
  new Command()
    .arguments("[slug...:string]")
    .option(
      "--port <port:integer>",
      `The port to listen on (default: ${DEFAULT_PORT} or the next free one).`,
    )
    .option("--env-file <path:string>", "Secrets as KEY=value lines, instead of the project's.")
    .option("--cached-only", "Fetch no packages: take them from the cache, or fail.")
    .option(
      "--inspect [address:string]",
      "Run one by the Deno on PATH, for a debugger (default: 127.0.0.1:9229).",
    )
    .example("Run all functions of insforge/functions", "insforge functions serve")
    .example("Run one, with secrets of a file", "insforge functions serve hello --env-file .env")
    .example(
      "Look into one with Chrome's developer tools",
      "insforge functions serve hello --inspect",
    )
    .action(run(runServe));

/** Runs until Ctrl-C; what happens goes to stdout line by line. */
async function runServe(
  context: Context,
  options: Options,
  ...slugs: string[]
): Promise<Result> {
  const find = () =>
    slugs.length > 0
      ? Promise.all(slugs.map((slug) => findFunction(context, slug)))
      : findFunctions(context);
  const found = await find();
  if (options.inspect !== undefined) {
    const [only, ...others] = found;
    if (!only || others.length > 0) {
      throw new UsageError("--inspect takes one function.", {
        hint: `Name it: insforge functions serve ${only?.slug ?? "SLUG"} --inspect`,
      });
    }
    const { inspectFunction } = await import("./inspect.ts");
    const port = portOption(options.port) ?? DEFAULT_PORT;
    return await inspectFunction(context, only, { ...options, inspect: options.inspect, port });
  }
  const env = await environmentOf(context, options.envFile);
  const bundling = await openBundling(context, options.cachedOnly);
  const lines = new TransformStream<Uint8Array, Uint8Array>();
  const writer = lines.writable.getWriter();
  const write = lineWriter(context, writer);
  const serving = (async () => {
    const { serveFunctions } = await import("../../server/functions/development.ts");
    await serveFunctions({
      find: keepingWhatWasThere(find),
      bundler: bundling.of,
      onBundled: bundling.saveLock,
      readEnv: env.read,
      folder: dirname(functionFolder(context, "any")),
      files: options.envFile ? [placeOf(context.launch, options.envFile)] : [],
      ports: options.port === undefined
        ? Array.from({ length: PORT_RANGE }, (_, index) => DEFAULT_PORT + index)
        : [options.port],
      self: context.launch.self,
      signal: context.signal,
      onReady({ url, slugs }) {
        const addresses = slugs.map((slug) => `${url}/functions/${slug}`);
        if (context.options.json) write({ event: "ready", url, functions: slugs });
        else {context.note(
            [`Serving with ${env.source}. Ctrl-C stops it.`, ...addresses].join("\n"),
          );}
      },
      onEvent: (event) => write({ ...event }),
    });
  })();
  serving.then(() => writer.close(), (error) => writer.abort(named(error))).catch(() => {});
  return { stream: lines.readable, styled: true };
}

type Line = Readonly<Record<string, unknown>>;

function lineWriter(
  { clock, options, terminal }: Context,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): (line: Line) => void {
  const encoder = new TextEncoder();
  const style = styleFor(terminal.colour.stdout);
  return (line) => {
    const now = clock.now();
    const text = options.json
      ? escapeJson(JSON.stringify({ timestamp: now.toISOString(), ...line }))
      : shown(line, now, terminal.stdoutIsTerminal, style);
    // A reader that has gone ends the command by itself.
    writer.write(encoder.encode(`${text}\n`)).catch(() => {});
  };
}

function shown(line: Line, now: Date, onTerminal: boolean, style: Style): string {
  const time = onTerminal ? now.toTimeString().slice(0, 8) : now.toISOString();
  const message = escapeControl(String(line.message));
  const colour = { error: style.bad, warn: style.warn, debug: style.dim }[String(line.level)];
  return `${style.dim(time)} ${style.accent(String(line.slug))}  ${colour?.(message) ?? message}`;
}

/** A folder that is empty for a moment, while files are moved, ends nothing. */
function keepingWhatWasThere(find: () => Promise<LocalFunction[]>) {
  let last: LocalFunction[] | undefined;
  return async () =>
    last = await find().catch((error) => {
      if (last) return last;
      throw error;
    });
}

function named(error: unknown): unknown {
  if (error instanceof PortForbidden) {
    const hint = `Take one from 1024 on: insforge functions serve --port ${DEFAULT_PORT}.`;
    return new OperationError(error.message, PORT_FORBIDDEN, { hint });
  }
  return error instanceof Deno.errors.AddrInUse
    ? new OperationError("The port is taken.", PORT_TAKEN, { hint: "Choose one with --port." })
    : error;
}
