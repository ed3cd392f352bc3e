/** The context of a running process; tests build their own from the same parts. */
import { backendClient } from "../client/backend.ts";
import { requireOurs } from "../client/local_identity.ts";
import { platformClient, resolveOverPlatform } from "../client/platform.ts";
import { isOwnLocal } from "../config/project.ts";
import { resolveTarget } from "../config/target.ts";
import type { Clock, Context, GlobalOptions } from "./context.ts";
import { escapeControl, escapeJson } from "../terminal/escape.ts";
import { type Progress, startProgress } from "../terminal/progress.ts";
import { terminalPrompt } from "../terminal/prompt.ts";
import { styleFor } from "../terminal/style.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { wrapLong } from "../terminal/width.ts";
import type { LaunchFacts } from "../invocation/launch_facts.ts";

/** Real time. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal!.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, milliseconds);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Builds what an action is handed. Nothing is read or opened until the action asks for it. */
export function createContext(
  launch: LaunchFacts,
  parsed: unknown,
  terminal: Terminal,
  env: (name: string) => string | undefined,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Context {
  const options = globalOptions(parsed);
  const style = styleFor(terminal.colour.stderr);
  let shown: Progress | undefined;
  const say = (line: string) => {
    shown?.erase();
    terminal.writeError(line);
  };
  const sayWrapped = (text: string) => say(`${wrapLong(text, terminal.columns())}\n`);
  const trace = env("INSFORGE_DEBUG")
    ? (line: string) => say(`${style.dim(`debug: ${escapeControl(line)}`)}\n`)
    : undefined;
  const surroundings = {
    clock,
    signal,
    trace,
    onWait: (message: string) => {
      if (terminal.stderrIsTerminal) context.note(message);
    },
    userAgent: `insforge-cli/${launch.version}`,
    journal: {},
  };
  const context: Context = {
    launch,
    options,
    env,
    clock,
    terminal,
    signal,
    surroundings,
    prompt: terminalPrompt(terminal, options),
    note(message) {
      if (!options.json) sayWrapped(escapeControl(message));
    },
    warn(message) {
      if (options.json) say(escapeJson(JSON.stringify({ warning: message })) + "\n");
      else sayWrapped(`${style.warn("Warning:")} ${escapeControl(message)}`);
    },
    progress: (text) => shown = startProgress(terminal, text, options.json),
    target: once(() =>
      resolveTarget(
        launch.projectRoot,
        env,
        async (projectId) => await resolveOverPlatform(await context.platform(), projectId),
      )
    ),
    backend: once(async () => {
      const target = await context.target();
      if (target.project && isOwnLocal(target.project)) await requireOurs(target, surroundings);
      return backendClient(target, surroundings);
    }),
    platform: once(() => platformClient(context)),
  };
  return context;
}

function globalOptions(parsed: unknown): GlobalOptions {
  const { json, yes, apiUrl } = parsed as { json?: boolean; yes?: boolean; apiUrl?: string };
  return { json: json ?? false, yes: yes ?? false, apiUrl };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}
