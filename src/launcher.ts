/**
 * The launcher: works out what this one invocation may touch, starts the CLI in a worker that holds
 * exactly that, gives up its own permissions and ends with the CLI's exit code. Where all that a
 * command needs is one connection, it runs that itself, without any permission.
 */
import type { WorkerMessage } from "./cli_worker.ts";
import { commands } from "./commands/mod.ts";
import { keptEnvironment } from "./core/environment.ts";
import { inTime } from "./core/in_time.ts";
import { workerModule } from "./core/program_files.ts";
import { makePrivateFolderSync } from "./files/folders.ts";
import { holdPrepared } from "./files/prepared_files.ts";
import { type Invocation, readInvocation } from "./invocation/argv.ts";
import { followGlobalOptions } from "./invocation/global_options.ts";
import { followEnvironment } from "./invocation/network.ts";
import { narrowSearchPath } from "./invocation/search_path.ts";
import type { Grants } from "./invocation/grants/grants.ts";
import { grantsFor } from "./invocation/grants/mod.ts";
import { type LaunchFacts, locate } from "./invocation/launch_facts.ts";
import { isBrief } from "./invocation/brief.ts";
import { type AskedBackend, askLocal } from "./invocation/local_proof.ts";
import { isLocalStopped } from "./invocation/local_target.ts";
import { preparedHelp } from "./invocation/prepared_help.ts";
import { updateNotice } from "./releases/update_notice.ts";

/** Milliseconds that a backend of ours takes to show it; the client waits longer. */
const MOST_ANSWER_MS = 1_000;

/** Runs one invocation to its end and exits the process with its code. */
export async function launch(args: readonly string[], version: string): Promise<void> {
  const invocation = readInvocation(args, commands);
  const { exit } = Deno;
  try {
    exit(await start(invocation, version));
  } catch (error) {
    const { showFailure } = await import("./cli/cli.ts");
    exit(showFailure(error, invocation));
  }
}

async function start(invocation: Invocation, version: string): Promise<number> {
  const { args, command, flags, needsNoSandbox, about } = invocation;
  if (about === undefined) await followGlobalOptions(invocation);
  narrowSearchPath();
  let launch = locate(invocation, version);
  if (needsNoSandbox) return await runHere({ ...launch, help: preparedHelp(invocation) });
  if (command[0] === "grants") {
    const asked = readInvocation(args.slice(args.indexOf("grants") + 1), commands);
    return await runHere({ ...launch, grants: grantsFor(locate(asked, version)) });
  }
  followEnvironment(launch);
  if (isAtTerminal() && await isLocalStopped(launch) && await startsIt(invocation, version)) {
    launch = locate(invocation, version);
  }
  if (runsPglite(launch)) launch = { ...launch, pglite: pgliteSender() };
  const grants = grantsFor(launch);
  const keepsSomething = launch.untoldHost !== undefined || launch.isGuarded;
  if (keepsSomething && launch.globalFolder) makeIfPossible(launch.globalFolder);
  const isQuiet = flags.has("--json") || command[0] === "upgrade";
  const notice = isQuiet ? undefined : updateNotice(launch);
  // The backend answers while the CLI loads; and until a worker has started nothing else goes on.
  const asked = await askLocal(launch);
  launch = { ...launch, places: grants.places };
  const exitCode = asked && isBrief(launch, grants, asked.host)
    ? await runBriefly(launch, grants, asked)
    : await runInWorker(launch, grants, asked);
  if (notice) await Deno.stderr.write(new TextEncoder().encode(notice));
  return exitCode;
}

function runsPglite({ invocation: { command, flags }, postgres }: LaunchFacts): boolean {
  return Deno.build.standalone && command.join(" ") === "local serve" && !postgres &&
    !flags.has("--watched");
}

/** Compiles PostgreSQL while the worker, which needs it soon, loads: a second processor is idle. */
function pgliteSender(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  sendProgram(port1);
  return port2;
}

async function sendProgram(port: MessagePort): Promise<void> {
  const { sendPglite } = await import("./shared/postgres/pglite_program.ts");
  await sendPglite(port);
}

/** Saves whom nobody can ask the look at the backend. */
function isAtTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
}

/**
 * Starts the local backend where the user agrees: as an invocation of its own, so that the command
 * itself needs no grant to start anything.
 */
async function startsIt(invocation: Invocation, version: string): Promise<boolean> {
  const { offerStart } = await import("./cli/offer_start.ts");
  if (!await offerStart(invocation)) return false;
  const launch = locate(readInvocation(["local", "start"], commands), version);
  followEnvironment(launch);
  const grants = grantsFor(launch);
  return await runInWorker({ ...launch, places: grants.places }, grants, undefined, () => {}) === 0;
}

/** For what is kept in there; where it cannot be made, nothing is. */
function makeIfPossible(path: string): void {
  try {
    makePrivateFolderSync(path);
  } catch {
    // It is told then.
  }
}

async function runHere(launch: LaunchFacts): Promise<number> {
  dropPermissions();
  const { runCli } = await import("./cli/cli.ts");
  return await runCli(commands, launch);
}

/** In this thread, with no permission: over the connection on which the backend was asked. */
async function runBriefly(
  launch: LaunchFacts,
  { permissions }: Grants,
  { answer, connection }: AskedBackend,
): Promise<number> {
  const env = keptEnvironment(permissions.env);
  if (permissions.read.length > 0) holdPrepared();
  dropPermissions();
  const uncaught = Promise.withResolvers<never>();
  for (const type of ["error", "unhandledrejection"] as const) {
    addEventListener(type, (event) => {
      event.preventDefault();
      uncaught.reject("reason" in event ? event.reason : event.error);
    });
  }
  const { ofProcess, runCli } = await import("./cli/cli.ts");
  const { catchExits } = await import("./cli/exit_requests.ts");
  catchExits();
  const proven = inTime(MOST_ANSWER_MS, answer());
  const services = { ...ofProcess(env), connection };
  return await Promise.race([runCli(commands, { ...launch, proven }, services), uncaught.promise]);
}

/** @param onReady called once the worker's modules are loaded, with the launcher's permissions */
async function runInWorker(
  launch: LaunchFacts,
  { permissions }: Grants,
  asked: AskedBackend | undefined,
  onReady = dropPermissions,
): Promise<number> {
  const worker = new Worker(workerModule("src/cli_worker"), {
    type: "module",
    name: "insforge",
    deno: { permissions },
  });
  const ready = Promise.withResolvers<undefined>();
  const exit = Promise.withResolvers<number>();
  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
    if ("exit" in data) return exit.resolve(data.exit);
    onReady();
    ready.resolve(undefined);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    exit.reject(new Error(event.message));
  };
  const answer = asked?.answer();
  const proven = await Promise.race([answer, ready.promise, exit.promise.then(() => undefined)]);
  asked?.connection[Symbol.dispose]();
  worker.postMessage({ ...launch, proven }, launch.pglite ? [launch.pglite] : []);
  return await exit.promise;
}

/** Revokes everything at once: under a global grant a single host or path cannot be revoked. */
function dropPermissions(): void {
  for (const name of ["net", "read", "write", "env", "run", "sys", "ffi"] as const) {
    Deno.permissions.revokeSync({ name });
  }
}
