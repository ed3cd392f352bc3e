/**
 * The process of one function: this program in another mode. It holds a worker with the function's
 * permissions; should that run out of memory, V8 ends this process and no other.
 */
import { isCheckout, workerModule } from "../../core/program_files.ts";
import { readCarried } from "../../files/carried_module.ts";
import { type Assignment, KV_TOKEN, type ProcessMessage } from "./protocol.ts";

/** Memory of the process, in bytes, above which it ends itself; beside V8's own limit. */
const MAX_RESIDENT = 512 * 1024 * 1024;
const WATCH_MS = 100;
const TOO_MUCH = `The function used more than ${MAX_RESIDENT / 2 ** 20} MiB of memory`;

const WORKER = "src/server/functions/function_worker";
/** The worker's module in an executable, which carries the other one. */
const ENTRY = "src/server/functions/carried_function_worker";

/** Reads an {@link Assignment} from standard input, carries it out and ends with that input. */
export async function hostFunction(): Promise<never> {
  const worker = new Worker(workerModule(isCheckout ? WORKER : ENTRY), {
    type: "module",
    deno: {
      permissions: {
        net: true,
        read: false,
        write: false,
        // Which Deno's own client of key-value stores reads: see open_kv.ts.
        env: [KV_TOKEN],
        run: false,
        ffi: false,
        sys: false,
        import: false,
      },
    },
  });
  const loaded = new Promise((resolve) => worker.onmessage = resolve);
  worker.onerror = (event) => {
    event.preventDefault();
    fail(event.message);
  };
  loaded.then(() => say({ alive: true }));
  if (!isCheckout) worker.postMessage(readCarried(WORKER));
  // Ctrl-C reaches every process of a terminal: the backend ends this one when it has finished.
  Deno.addSignalListener("SIGINT", () => {});
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  let text = "";
  for await (const chunk of lines) {
    const isWaiting = !text.includes("\n");
    if (isWaiting) text += chunk;
    if (isWaiting && text.includes("\n")) {
      await loaded;
      for (const name of ["read", "write", "env", "run", "sys", "ffi"] as const) {
        Deno.permissions.revokeSync({ name });
      }
      worker.postMessage(JSON.parse(text) as Assignment);
      watchMemory();
    }
  }
  Deno.exit(0);
}

function watchMemory(): void {
  setInterval(() => {
    if (Deno.memoryUsage().rss > MAX_RESIDENT) fail(TOO_MUCH);
  }, WATCH_MS);
}

function fail(failed: string): never {
  say({ failed });
  Deno.exit(1);
}

function say(message: ProcessMessage): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
}
