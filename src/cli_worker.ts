/**
 * The worker that holds an invocation's grants: receives the launch facts, answers with an exit
 * code.
 */
import { commands } from "./commands/mod.ts";
import { runCli } from "./cli/cli.ts";
import { catchExits } from "./cli/exit_requests.ts";
import type { LaunchFacts } from "./invocation/launch_facts.ts";

/** What the worker tells the launcher. */
export type WorkerMessage = { readonly ready: true } | { readonly exit: number };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<LaunchFacts>) => void;
  postMessage(message: WorkerMessage): void;
};

catchExits();
scope.onmessage = async (event) => {
  scope.postMessage({ exit: await runCli(commands, event.data) });
};
scope.postMessage({ ready: true });
