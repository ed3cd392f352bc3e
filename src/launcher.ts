/**
 * The launcher: works out what this one invocation may touch, starts the CLI in a worker that holds
 * exactly that, gives up its own permissions and ends with the CLI's exit code.
 */
import { keepLoopbackDirect } from "./invocation/environment.ts";
import { type Grants, grantsFor } from "./invocation/grants/mod.ts";
import { type Invocation, readInvocation } from "./invocation/argv.ts";
import { workerModule } from "./core/program_files.ts";
import { locate, type Session } from "./invocation/facts.ts";
import { updateNotice } from "./releases/update_notice.ts";
import type { WorkerMessage } from "./cli_worker.ts";

/** Runs one invocation to its end and exits the process with its code. */
export async function launch(args: readonly string[], version: string): Promise<void> {
  const invocation = readInvocation(args);
  try {
    Deno.exit(await start(args, version, invocation));
  } catch (error) {
    const { showFailure } = await import("./cli/cli.ts");
    Deno.exit(showFailure(error, invocation));
  }
}

async function start(
  args: readonly string[],
  version: string,
  invocation: Invocation,
): Promise<number> {
  const session = locate(args, version, invocation.operands);
  if (invocation.needsNoSandbox) return await runHere(session);
  if (invocation.operands[0] === "grants") {
    const asked = readInvocation(args.slice(args.indexOf("grants") + 1));
    const grants = grantsFor(asked, locate(args, version, asked.operands));
    return await runHere({ ...session, grants });
  }
  keepLoopbackDirect();
  const grants = grantsFor(invocation, session);
  const notice = updateNotice(invocation, session);
  const exitCode = await runInWorker({ ...session, grants }, grants);
  if (notice) await Deno.stderr.write(new TextEncoder().encode(notice));
  return exitCode;
}

async function runHere(session: Session): Promise<number> {
  dropPermissions();
  const { runCli } = await import("./cli/cli.ts");
  return await runCli(session);
}

function runInWorker(session: Session, grants: Grants): Promise<number> {
  const worker = new Worker(workerModule("src/cli_worker"), {
    type: "module",
    name: "insforge",
    deno: { permissions: grants.permissions },
  });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
      if ("exit" in data) return resolve(data.exit);
      // Until the worker's modules are loaded, they are read with the launcher's permissions.
      dropPermissions();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(session);
  });
}

/** Revokes everything at once: under a global grant a single host or path cannot be revoked. */
function dropPermissions(): void {
  for (const name of ["net", "read", "write", "env", "run", "sys", "ffi"] as const) {
    Deno.permissions.revokeSync({ name });
  }
}
