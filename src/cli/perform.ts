/** One action from its call to its result on the terminal. */
import type { Action, Context } from "./context.ts";
import { type CliError, OperationError } from "../core/errors.ts";
import { ExitCode } from "../core/exit_codes.ts";
import { restoreOperand } from "../invocation/argv.ts";
import { presentResult } from "../terminal/present.ts";

/** Calls an action with what the parser found, shows its result and answers the exit code. */
export async function perform<O, A extends unknown[]>(
  action: Action<O, A>,
  context: Context,
  options: O,
  args: A,
): Promise<number> {
  try {
    const result = await action(context, restoreAll(options), ...args.map(restoreOperand) as A);
    await presentResult(result, context.terminal, context.options.json);
    return result.exitCode ?? ExitCode.ok;
  } catch (error) {
    throw unexpectedAnswer(error, context) ?? error;
  }
}

/** Takes the marks of protected operands off all options. */
export function restoreAll<O>(options: O): O {
  const entries = Object.entries(options as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, value]) => [name, restoreOperand(value)])) as O;
}

/**
 * Answers are not checked field by field, which would take a validator at every start: where
 * reading one fails, it did not have the form that the contract gives it.
 */
function unexpectedAnswer(error: unknown, { surroundings }: Context): CliError | undefined {
  const { answered } = surroundings.journal ?? {};
  if (!answered || !(error instanceof TypeError || error instanceof RangeError)) return undefined;
  const { method, url } = answered;
  return new OperationError(
    `${url.host} answered ${method} ${url.pathname} in a form that this version does not know.`,
    "INVALID_RESPONSE",
    {
      hint: "Check that the address is that of an InsForge backend, and upgrade the older of both.",
      cause: error,
    },
  );
}
