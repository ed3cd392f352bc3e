/** The local backend of this machine's executable, in a temporary folder. */
import { ROOT } from "./platform.ts";

export interface Backend extends AsyncDisposable {
  readonly url: string;
  readonly apiKey: string;
}

/** Serves an empty data directory, and resolves when it answers. */
export async function startBackend(): Promise<Backend> {
  const folder = await Deno.makeTempDir({ prefix: "insforge-platform-backend-" });
  const child = new Deno.Command(`${ROOT}/dist/insforge`, {
    args: ["local", "serve", "--data-dir", `${folder}/data`, "--port", "0", "--no-postgres"],
    env: { HOME: folder },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const url = await addressIn(child.stderr);
  const { apiKey } = JSON.parse(await Deno.readTextFile(`${folder}/data/keys.json`));
  return {
    url,
    apiKey,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** The address that `local serve` tells; what it shows later is dropped. @throws {Error} if none */
export async function addressIn(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stderr.pipeThrough(new TextDecoderStream()).getReader();
  let shown = "";
  for (;;) {
    const address = /listens on (http:\S+?)\.\s/.exec(shown)?.[1];
    if (address) {
      (async () => {
        while (!(await reader.read()).done);
      })().catch(() => {});
      return address;
    }
    const { done, value = "" } = await reader.read();
    if (done) throw new Error(`The backend does not start: ${shown}`);
    shown += value;
  }
}
