/** Command lines run in this process: parsed, acted and shown as the program does. */
import { commands } from "../../src/commands/mod.ts";
import type { Run } from "../../src/cli/context.ts";
import { protectOperands, readInvocation } from "../../src/invocation/argv.ts";
import { CliError } from "../../src/core/errors.ts";
import { perform } from "../../src/cli/perform.ts";
import { buildTree } from "../../src/cli/command_tree.ts";
import { usageErrorOf } from "../../src/cli/usage_error.ts";
import { testContext, type TestContextOptions } from "./context.ts";

/**
 * Runs a command line to its end and answers what reached stdout.
 * @throws what the action throws
 */
export async function runLine(
  args: readonly string[],
  settings: TestContextOptions,
): Promise<string> {
  const invocation = readInvocation(args, commands);
  const { context, out } = testContext({
    ...settings,
    options: { yes: true, json: invocation.flags.has("--json"), ...settings.options },
  });
  const run: Run = (action) => async (options, ...words) => {
    await perform(action, context, options, words);
  };
  const tree = await buildTree(commands, invocation.command, run, {
    version: "0",
    coloured: false,
    pathOnly: true,
  });
  try {
    await tree.parse(protectOperands(args));
  } catch (error) {
    if (error instanceof Error && "exitCode" in error && !(error instanceof CliError)) {
      throw usageErrorOf(error, invocation, tree);
    }
    throw error;
  }
  return out();
}
