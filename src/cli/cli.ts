/** Runs one invocation: parses, acts, shows the result or the error, answers the exit code. */
import type { Commands } from "./command.ts";
import type { Run } from "./context.ts";
import type { Clock } from "../core/clock.ts";
import { systemClock } from "../core/clock.ts";
import { environmentVariable } from "../core/environment.ts";
import { CliError, ExitRequested, InterruptedError } from "../core/errors.ts";
import type { HttpConnection } from "../core/http_connection.ts";
import { ExitCode } from "../core/exit_codes.ts";
import { type Invocation, protectOperands, restoreOperand } from "../invocation/argv.ts";
import { presentError, presentResult, type Result } from "../terminal/present.ts";
import { styled, text } from "../terminal/view.ts";
import type { AnyCommand, CommandFacts } from "../terminal/command_facts.ts";
import { helpDocument, renderHelp } from "../terminal/help.ts";
import { perform, restoreAll } from "./perform.ts";
import { processTerminal, type Terminal } from "../terminal/terminal.ts";
import type { LaunchFacts } from "../invocation/launch_facts.ts";
import { usageErrorOf } from "./usage_error.ts";

/** How long an interrupted action may take to clean up. */
const CLEANUP_MS = 2_000;

/** What an invocation runs in: the process, or what a test has in its place. */
export interface ProcessServices {
  readonly terminal: Terminal;
  /** An environment variable; an empty one counts as unset. */
  readonly env: (name: string) => string | undefined;
  readonly clock: Clock;
  /** Has Ctrl-C call a function; the one that it answers ends that. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** All that requests can take, where the process may open no connection. */
  readonly connection?: HttpConnection;
}

/** Runs the command of a launch. Never throws; all output is flushed on return. */
export async function runCli(
  commands: Commands,
  launch: LaunchFacts,
  { terminal, env, clock, onInterrupt, connection }: ProcessServices = ofProcess(),
): Promise<number> {
  const { invocation } = launch;
  const json = invocation.flags.has("--json");
  const interrupt = new AbortController();
  const interruption = handleInterrupt(interrupt, { terminal, clock, onInterrupt });
  let exitCode: number = ExitCode.ok;
  let tree: AnyCommand | undefined;
  try {
    const asked = answerOf(launch, terminal);
    if (asked) {
      await presentResult(asked, terminal, json);
      return exitCode;
    }
    const { buildTree } = await import("./command_tree.ts");
    const { createContext } = await import("./process_context.ts");
    const run: Run = (action) => async (options, ...args) => {
      const parsed = { ...options, json };
      const { signal } = interrupt;
      const parts = { commands, launch, parsed, terminal, env, signal, clock, connection };
      const context = createContext(parts);
      if (launch.isGuarded) {
        const { requireApproval } = await import("./guard/guard.ts");
        await requireApproval(context, restoreAll(options), args.map(restoreOperand));
      }
      exitCode = await perform(action, context, options, args);
    };
    tree = await buildTree(commands, invocation.command, run, {
      version: launch.version,
      coloured: terminal.colour.stdout,
      columns: terminal.columns(),
      json,
      pathOnly: !invocation.needsNoSandbox,
    });
    await Promise.race([tree.parse(argsFor(invocation)), interruption.abandoned]);
    return exitCode;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return ExitCode.ok;
    if (error instanceof ExitRequested) return error.exitCode;
    const shown = shownError(error, interrupt.signal, invocation, tree);
    presentError(shown, terminal, { json, debug: wantsTraces(env) });
    return shown.exitCode;
  } finally {
    interruption.stop();
  }
}

/** What is known without any command: the version, and help that the build has prepared. */
function answerOf({ invocation, version, help }: LaunchFacts, terminal: Terminal) {
  if (invocation.about === "version") return { data: { version }, view: text(version) };
  return help && helpOf(help, terminal);
}

function helpOf(facts: CommandFacts, terminal: Terminal): Result {
  const settings = { coloured: terminal.colour.stdout, columns: terminal.columns() };
  return { data: helpDocument(facts), view: styled(`${renderHelp(facts, settings)}\n`) };
}

/** What the parser is given: where help is asked for, nothing that it could refuse beside it. */
function argsFor({ about, args, command, operands, isGroup }: Invocation): string[] {
  if (about !== "help") return protectOperands(args);
  const [unknown] = isGroup ? operands : [];
  return unknown === undefined ? [...command, "--help"] : [...command, unknown];
}

/** Those of this process. @param env what it shows of its environment */
export function ofProcess(env = environmentVariable): ProcessServices {
  return {
    terminal: processTerminal(env),
    env,
    clock: systemClock,
    onInterrupt(listener) {
      Deno.addSignalListener("SIGINT", listener);
      return () => Deno.removeSignalListener("SIGINT", listener);
    },
  };
}

/** Shows what went wrong before the CLI could run. Answers the exit code. */
export function showFailure(error: unknown, invocation: Invocation): number {
  const shown = asCliError(error, invocation);
  const terminal = processTerminal(environmentVariable);
  presentError(shown, terminal, { json: invocation.flags.has("--json"), debug: wantsTraces() });
  return shown.exitCode;
}

function wantsTraces(env = environmentVariable): boolean {
  try {
    return Boolean(env("INSFORGE_DEBUG"));
  } catch {
    return false;
  }
}

/**
 * The first Ctrl-C lets the action clean up; `abandoned` rejects when it has had the time for that.
 * While a pager runs, Ctrl-C is the pager's.
 */
function handleInterrupt(
  controller: AbortController,
  { terminal: { pager }, clock, onInterrupt }: Pick<
    ProcessServices,
    "terminal" | "clock" | "onInterrupt"
  >,
) {
  const { promise: abandoned, reject } = Promise.withResolvers<never>();
  // Ctrl-C may come before anything waits.
  abandoned.catch(() => {});
  let callOff = () => {};
  const stopListening = onInterrupt(() => {
    if (pager?.isRunning || controller.signal.aborted) return;
    const interruption = new InterruptedError();
    controller.abort(interruption);
    callOff = clock.after(CLEANUP_MS, () => reject(interruption));
  });
  const stop = () => {
    callOff();
    stopListening();
  };
  return { abandoned, stop };
}

/** After Ctrl-C whatever fails is the interruption; an action may say more about it. */
function shownError(
  error: unknown,
  interrupt: AbortSignal,
  invocation: Invocation,
  tree: AnyCommand | undefined,
): CliError {
  const saysMore = error instanceof CliError && error.exitCode === ExitCode.interrupted;
  return interrupt.aborted && !saysMore
    ? interrupt.reason as CliError
    : asCliError(error, invocation, tree);
}

function asCliError(error: unknown, invocation: Invocation, tree?: AnyCommand): CliError {
  if (error instanceof CliError) return error;
  // Cliffy's own exit code for these is 2, which here means "not authenticated".
  if (error instanceof Error && "exitCode" in error) {
    return usageErrorOf(error, invocation, tree);
  }
  return new CliError(
    `Something went wrong in insforge itself: ${
      error instanceof Error ? error.message : String(error)
    }`,
    "INTERNAL_ERROR",
    ExitCode.general,
    { hint: "Set INSFORGE_DEBUG=1 to see where.", cause: error },
  );
}
