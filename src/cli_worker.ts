/**
 * The worker that holds an invocation's grants: receives the launch facts, answers with an exit
 * code.
 */
import { commands } from "./commands/mod.ts";
import { ofProcess, runCli } from "./cli/cli.ts";
import { ExitRequested } from "./core/errors.ts";
import type { LaunchFacts } from "./invocation/launch_facts.ts";

/** What the launcher tells the worker: its task, then what it found out beside that. */
export type LauncherMessage = LaunchFacts | { readonly isOurs: boolean };

/** What the worker tells the launcher. */
export type WorkerMessage = { readonly ready: true } | { readonly exit: number };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<LauncherMessage>) => void;
  postMessage(message: WorkerMessage): void;
};

// In a worker Deno.exit ends the worker alone, and the process with status 0. Libraries that call
// it (prompts do, on Ctrl-C) must end the invocation with that code instead.
Deno.exit = (code = 0): never => {
  throw new ExitRequested(code);
};

/** Whether the local backend is ours, which the launcher asks while this loads. */
const proof = Promise.withResolvers<boolean>();

scope.onmessage = async ({ data }) => {
  if ("isOurs" in data) return proof.resolve(data.isOurs);
  scope.postMessage({ exit: await runCli(commands, data, ofProcess(proof.promise)) });
};
scope.postMessage({ ready: true });
