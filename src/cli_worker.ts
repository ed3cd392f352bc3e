/**
 * The worker that holds an invocation's grants: receives the launch facts, answers with an exit
 * code.
 */
import { commands } from "./commands/mod.ts";
import { runCli } from "./cli/cli.ts";
import { ExitRequested } from "./core/errors.ts";
import type { LaunchFacts } from "./invocation/launch_facts.ts";

/** What the worker tells the launcher. */
export type WorkerMessage = { readonly ready: true } | { readonly exit: number };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<LaunchFacts>) => void;
  postMessage(message: WorkerMessage): void;
};

// In a worker Deno.exit ends the worker alone, and the process with status 0. Libraries that call
// it (prompts do, on Ctrl-C) must end the invocation with that code instead.
Deno.exit = (code = 0): never => {
  throw new ExitRequested(code);
};

scope.onmessage = async (event) => {
  scope.postMessage({ exit: await runCli(commands, event.data) });
};
scope.postMessage({ ready: true });
