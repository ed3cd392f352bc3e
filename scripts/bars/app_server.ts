import { join } from "@std/path";

/** Milliseconds in which an app has to answer. */
const PATIENCE_MS = 120_000;
const BETWEEN_MS = 300;

export type Framework = "next" | "vite";

/** Serves a built app, with what its framework has for that. */
export class AppServer implements AsyncDisposable {
  readonly #address: string;
  readonly #process: Deno.ChildProcess;

  private constructor(address: string, process: Deno.ChildProcess) {
    this.#address = address;
    this.#process = process;
  }

  /** @throws when it does not answer */
  static async start(app: string, address: string, framework: Framework): Promise<AppServer> {
    const program = framework === "next"
      ? ["next", "dist", "bin", "next"]
      : ["vite", "bin", "vite.js"];
    const process = new Deno.Command("node", {
      args: [
        join(app, "node_modules", ...program),
        framework === "next" ? "start" : "preview",
        "--port",
        new URL(address).port,
      ],
      cwd: app,
      env: { NEXT_TELEMETRY_DISABLED: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const server = new AppServer(address, process);
    const deadline = Date.now() + PATIENCE_MS;
    while (!await server.#answers()) {
      if (Date.now() > deadline) {
        await server[Symbol.asyncDispose]();
        throw new Error(`the app does not answer at ${address}`);
      }
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    }
    return server;
  }

  async #answers(): Promise<boolean> {
    try {
      await (await fetch(this.#address, { redirect: "manual" })).body?.cancel();
      return true;
    } catch {
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.status;
  }
}

/** An address at which nothing listens yet. */
export function freeAddress(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return `http://localhost:${listener.addr.port}`;
}
