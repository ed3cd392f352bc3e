/**
 * The backend in a process of its own, which can end without warning and leaves everything as it
 * is.
 */
import { type ProcessOptions, type RunningProcess, spawnInsforge } from "./executable.ts";
import { requireSilentLogs } from "./secrets.ts";

/** A served data directory. */
export interface ServerProcess {
  readonly child: RunningProcess;
  readonly url: string;
  readonly apiKey: string;
  /** What a command needs to talk to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends it as a power cut does. @throws {Error} when a key is in its logs */
  kill(): Promise<void>;
}

/** Serves a data directory and resolves when it answers. */
export async function serveProcess(
  dataDir: string,
  options: Pick<ProcessOptions, "executable"> = {},
): Promise<ServerProcess> {
  const child = spawnInsforge(["local", "serve", "--data-dir", dataDir, "--port", "0"], options);
  const [, url] = await shownBy(child.stderr, /listens on (http:\S+?)\.\s/);
  const { apiKey } = JSON.parse(await Deno.readTextFile(`${dataDir}/keys.json`));
  return {
    child,
    url: url!,
    apiKey,
    env: { INSFORGE_BASE_URL: url!, INSFORGE_API_KEY: apiKey },
    async kill() {
      await kill(child);
      await requireSilentLogs(dataDir);
    },
  };
}

/** Waits until a process has shown a text; what it shows later is dropped. */
async function shownBy(
  stream: ReadableStream<Uint8Array>,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let shown = "";
  for (let match = null; match === null; match = pattern.exec(shown)) {
    const { done, value = "" } = await reader.read();
    if (done) throw new Error(`never shown: ${pattern}\n${shown}`);
    shown += value;
  }
  (async () => {
    while (!(await reader.read()).done);
  })();
  return pattern.exec(shown)!;
}

/** Ends a process without warning. */
export async function kill(child: RunningProcess): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
  const streams = [child.stdin.close(), child.stdout.cancel(), child.stderr.cancel()];
  await Promise.allSettled(streams);
  await child.status;
}
