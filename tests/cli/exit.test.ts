import { Command } from "@cliffy/command";
import { assert, assertEquals, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runCli } from "../../src/cli/cli.ts";
import type { Commands } from "../../src/cli/command.ts";
import type { Action, Context } from "../../src/cli/context.ts";
import { type Clock, systemClock } from "../../src/core/clock.ts";
import { AuthError, CliError, ExitRequested, InterruptedError } from "../../src/core/errors.ts";
import { readInvocation } from "../../src/invocation/argv.ts";
import { capturedTerminal } from "../support/context.ts";
import { launchIn } from "../support/launch.ts";

/** What Ctrl-C calls. */
let interrupt = () => {};

/** Runs `insforge act`, which is the action, to its exit code and what it wrote to stderr. */
async function run(
  action: Action<void, []>,
  clock: Clock = systemClock,
  args: readonly string[] = [],
) {
  const commands: Commands = {
    act: {
      description: "Act.",
      load: () => Promise.resolve((run) => new Command().action(run(action))),
    },
  };
  const { terminal, err } = capturedTerminal();
  const launch = launchIn("/", [], { invocation: readInvocation(["act", ...args], commands) });
  const code = await runCli(commands, launch, {
    terminal,
    env: () => undefined,
    clock,
    onInterrupt(listener) {
      interrupt = listener;
      return () => interrupt = () => {};
    },
  });
  return { code, err: err() };
}

const failing = (error: Error) => () => Promise.reject(error);

describe("the exit code of an invocation", () => {
  it("is that of the result, or of the error", async () => {
    const codes = [];
    for (
      const action of [
        () => Promise.resolve({ data: {} }),
        () => Promise.resolve({ data: {}, exitCode: 1 as const }),
        failing(new AuthError("no")),
        failing(new ExitRequested(7)),
        failing(new Deno.errors.BrokenPipe()),
        failing(new TypeError("a fault of the program")),
        failing(new Deno.errors.NotFound()),
      ]
    ) codes.push((await run(action)).code);
    assertEquals(codes, [0, 1, 2, 7, 0, 1, 1]);
  });

  it("is that of a usage error where the command line does not parse", async () => {
    const { code, err } = await run(() => Promise.resolve({ data: {} }), systemClock, ["--nope"]);
    assertEquals(code, 1);
    assertStringIncludes(err, 'Unknown option "--nope"');
    assert(!err.includes("Something went wrong"), err);
  });

  it("says that a fault is the program's own", async () => {
    const { err } = await run(failing(new TypeError("a fault")));
    assertStringIncludes(err, "Something went wrong in insforge itself: a fault");
  });
});

describe("Ctrl-C", () => {
  /** Is interrupted, and then acts as `after` does. */
  const interrupted = (after: (context: Context) => Promise<never>) => (context: Context) => {
    interrupt();
    assert(context.signal.aborted);
    return after(context);
  };

  it("is what failed, whatever fails then, unless the action says more about it", async () => {
    const clumsy = await run(interrupted(failing(new AuthError("while cleaning up"))));
    assertEquals(clumsy.code, 130);
    assertStringIncludes(clumsy.err, "Interrupted.");
    const more = new CliError("Interrupted: 2 of 3 are done.", "INTERRUPTED", 130);
    const careful = await run(interrupted(failing(more)));
    assertEquals(careful.code, 130);
    assertStringIncludes(careful.err, "2 of 3 are done");
    assertEquals((await run(interrupted(failing(new InterruptedError())))).code, 130);
  });

  it("ends an action that does not end by itself, after a few seconds", async () => {
    const limits: number[] = [];
    const clock = {
      ...systemClock,
      after(milliseconds: number, call: () => void) {
        limits.push(milliseconds);
        return systemClock.after(0, call);
      },
    };
    assertEquals((await run(interrupted(() => new Promise(() => {})), clock)).code, 130);
    assertEquals(limits.length, 1);
    assertLessOrEqual(limits[0]!, 5_000);
  });
});
