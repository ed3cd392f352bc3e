/** The compiled executable in a pseudo-terminal, through the system's `script` program. */
import type { Timer } from "../../src/core/timer.ts";
import { EXECUTABLE } from "./executable.ts";
import { requireSilence } from "./secrets.ts";

export interface PtyOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
}

/** A program on a terminal: what it shows can be awaited, and answered by typing. */
export interface Pty {
  /** Everything shown so far. */
  screen(): string;
  /** Waits until the pattern was shown after the last match. */
  expect(pattern: RegExp | string, timeoutMs?: number): Promise<void>;
  type(text: string): Promise<void>;
  /** Waits for the end and answers the exit code. */
  end(): Promise<number>;
}

/** Starts the executable on a terminal of its own. */
export function openPty(args: readonly string[], options: PtyOptions = {}): Pty {
  const command = [EXECUTABLE, ...args].map(quote).join(" ");
  const child = new Deno.Command("script", {
    args: ["-qefc", `stty cols ${options.columns ?? 80} rows 24; exec ${command}`, "/dev/null"],
    cwd: options.cwd,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      TERM: "xterm-256color",
      SHELL: "/bin/sh",
      ...options.env,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  let shown = "";
  let matched = 0;
  let wake = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      shown += text;
      wake.resolve();
      wake = Promise.withResolvers();
    }
    wake.resolve();
  })();
  let hasEnded = false;
  reading.then(() => hasEnded = true);

  return {
    screen: () => shown,
    async expect(pattern, timeoutMs = 60_000) {
      const deadline = Date.now() + timeoutMs;
      while (true) {
        const rest = shown.slice(matched);
        const match = typeof pattern === "string" ? plainMatch(rest, pattern) : pattern.exec(rest);
        if (match) {
          matched += match.index + match[0].length;
          return;
        }
        const left = deadline - Date.now();
        if (hasEnded || left <= 0) throw new Error(`never shown: ${pattern}\n${shown}`);
        let timer: Timer | undefined;
        const late = new Promise<void>((resolve) => timer = setTimeout(resolve, left));
        await Promise.race([wake.promise, late]);
        clearTimeout(timer);
      }
    },
    async type(text) {
      await writer.write(new TextEncoder().encode(text));
    },
    async end() {
      const { code } = await child.status;
      await reading;
      await writer.close().catch(() => {});
      await requireSilence(args, options, shown);
      return code;
    },
  };
}

function plainMatch(text: string, wanted: string) {
  const index = text.indexOf(wanted);
  return index === -1 ? null : { index, 0: wanted };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
