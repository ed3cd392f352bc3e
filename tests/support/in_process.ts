/** The CLI from arguments to exit code as the program runs it, without a process around it. */
import { runCli } from "../../src/cli/cli.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { Clock } from "../../src/core/clock.ts";
import { commands } from "../../src/commands/mod.ts";
import { capturedTerminal } from "./context.ts";
import type { ProcessResult } from "./executable.ts";
import { launchIn } from "./launch.ts";

export interface InProcessOptions {
  readonly cwd: string;
  readonly globalFolder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly clock?: Clock;
}

/** Runs a command line; there is no sandbox around it. */
export async function runInProcess(
  args: readonly string[],
  { cwd, globalFolder, env, stdin, clock = systemClock }: InProcessOptions,
): Promise<ProcessResult> {
  const { terminal, out, err } = capturedTerminal({ stdin });
  const launch = launchIn(cwd, args, { globalFolder, self: ["/bin/false"] });
  const code = await runCli(commands, launch, {
    terminal,
    env: (name) => env?.[name] || undefined,
    clock,
    onInterrupt: () => () => {},
  });
  return { code, stdout: out(), stderr: err() };
}

export interface ImpatientClock extends Clock {
  /** Every pause that was asked for, in milliseconds. */
  readonly pauses: readonly number[];
}

/** How much longer a pause seems than it was asked for, so that few of them fill a long wait. */
const PACE = 10;

/** A clock on which pauses pass at once; limits are real, and reached after `limitMs` at most. */
export function impatientClock(limitMs = Infinity): ImpatientClock {
  const pauses: number[] = [];
  let skipped = 0;
  return {
    pauses,
    now: () => new Date(Date.now() + skipped),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      pauses.push(milliseconds);
      skipped += milliseconds * PACE;
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
    after(milliseconds, call) {
      const waited = Math.min(milliseconds, limitMs);
      return systemClock.after(waited, () => {
        skipped += milliseconds - waited;
        call();
      });
    },
  };
}
