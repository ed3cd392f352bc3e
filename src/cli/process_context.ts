/** The context of a running process; tests build their own from the same parts. */
import { backendClient } from "../client/backend.ts";
import { requireOurs } from "../client/local_identity.ts";
import { isOwnLocal, type Project } from "../config/project.ts";
import { rememberHost } from "../config/told_hosts.ts";
import { resolveOverPlatform } from "../client/platform/projects.ts";
import { platformClient } from "../client/platform/account.ts";
import { type BackendTarget, resolveTarget } from "../config/target.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import type { HttpConnection } from "../core/http_connection.ts";
import type { Commands } from "./command.ts";
import { buildEveryCommand } from "./command_tree.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { escapeControl, escapeJson } from "../terminal/escape.ts";
import { type Progress, startProgress } from "../terminal/progress.ts";
import { terminalPrompt } from "../terminal/prompt.ts";
import { styleFor } from "../terminal/style.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { wrapLong } from "../terminal/width.ts";
import { proxyFor } from "../invocation/proxies.ts";
import type { LaunchFacts } from "../invocation/launch_facts.ts";

/** What a context is built from: parts of the process, or what a test has in their place. */
export interface ContextParts {
  readonly commands: Commands;
  readonly launch: LaunchFacts;
  /** The options that the parser found. */
  readonly parsed: object;
  readonly terminal: Terminal;
  readonly env: (name: string) => string | undefined;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** The one connection that requests can take, to the local backend; absent where any can. */
  readonly connection?: HttpConnection;
}

/** Builds what an action is handed. Nothing is read or opened until the action asks for it. */
export function createContext(
  { commands, launch, parsed, terminal, env, signal, clock = systemClock, connection }:
    ContextParts,
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
    proxyOf: (url: URL) => proxyFor(url, launch.proxies),
    distrust: launch.distrust,
    send: connection?.send.bind(connection),
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
    note(message, facts) {
      if (!options.json) sayWrapped(escapeControl(message));
      else if (facts) say(escapeJson(JSON.stringify(facts)) + "\n");
    },
    warn(message) {
      if (options.json) say(escapeJson(JSON.stringify({ warning: message })) + "\n");
      else sayWrapped(`${style.warn("Warning:")} ${escapeControl(message)}`);
    },
    progress: (text) =>
      shown = startProgress(terminal, text, {
        quiet: options.json,
        startedAt: launch.startedAt,
      }),
    everyCommand: () => buildEveryCommand(commands, launch.version),
    target: once(async () => {
      const target = await resolveTarget(
        launch,
        env,
        async (projectId) => await resolveOverPlatform(await context.platform(), projectId),
      );
      for (const name of target.unused ?? []) {
        context.warn(`${name} is not used: the backend is named by ${target.source}.`);
      }
      return target;
    }),
    backend: once(async () => {
      const target = await context.target();
      if (target.project) await prepare(target, target.project);
      return backendClient(target, surroundings);
    }),
    platform: once(() => platformClient(context)),
  };

  /** What has to be known of a linked backend before it is sent anything. */
  async function prepare(target: BackendTarget, project: Project): Promise<void> {
    const { untoldHost, globalFolder, token } = launch;
    if (untoldHost !== undefined) {
      context.warn(
        `The link of this directory came with its repository: its authors chose ${untoldHost}, ` +
          "which takes the requests from here on.",
      );
      if (globalFolder) rememberHost(globalFolder, untoldHost, token);
    }
    // Whoever wrote the link may have named data: a proof of its key says nothing of its host.
    const proven = await launch.proven;
    const isProven = proven?.url === target.url && proven.apiKey === target.apiKey;
    if (isOwnLocal(project) && !isProven) await requireOurs(target, surroundings);
  }
  return context;
}

function globalOptions(parsed: object): GlobalOptions {
  const { json, yes, apiUrl } = parsed as { json?: boolean; yes?: boolean; apiUrl?: string };
  return { json: json ?? false, yes: yes ?? false, apiUrl };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}
