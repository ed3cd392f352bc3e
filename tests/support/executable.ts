/** The compiled executable as a process, in a clean environment. */
import { Buffer } from "node:buffer";
import { assert } from "@std/assert";
import { basename, fromFileUrl, join } from "@std/path";
import { requireSilence, searched } from "./secrets.ts";
import { withFolder } from "./temporary.ts";

/** The executable under test, as `scripts/build` leaves it. */
export const EXECUTABLE = fromFileUrl(
  new URL(
    `../../dist/insforge${Deno.build.os === "windows" ? ".exe" : ""}`,
    import.meta.url,
  ),
);

export interface ProcessOptions {
  readonly cwd?: string;
  /** Added to an environment that holds PATH and nothing else; HOME is absent unless given. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Another one than that under test, such as a copy of it. */
  readonly executable?: string;
  /** The command is there to show what is secret; any other output with a secret fails the test. */
  readonly reveals?: boolean;
}

export interface ProcessResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The executable while it runs. */
export interface RunningProcess
  extends Pick<Deno.ChildProcess, "pid" | "stdin" | "status" | "kill"> {
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Runs the executable to its end. */
export async function insforge(
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  const child = spawnInsforge(args, options);
  const writer = child.stdin.getWriter();
  const input = options.stdin ?? "";
  const sent = (async () => {
    try {
      await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input);
      await writer.close();
    } catch {
      // The process ended without reading its input.
    }
  })();
  const result = await outputOf(child);
  await sent;
  return result;
}

/** What a process wrote, once it has ended. */
export async function outputOf(child: RunningProcess): Promise<ProcessResult> {
  const [{ code }, stdout, stderr] = await Promise.all([
    child.status,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, stdout, stderr };
}

/**
 * Hands over the path of an executable in which bytes that it carries as they are have others of
 * the same number in their place. macOS runs none, as its signature does not fit.
 */
export async function withChangedExecutable<T>(
  carried: Uint8Array,
  instead: Uint8Array,
  work: (executable: string) => Promise<T>,
): Promise<T> {
  const executable = await Deno.readFile(EXECUTABLE);
  const start = Buffer.from(executable.buffer).indexOf(carried);
  assert(start > 0, "the executable carries that as it is");
  executable.set(instead, start);
  return await withFolder(async (folder) => {
    const changed = join(folder, basename(EXECUTABLE));
    await Deno.writeFile(changed, executable, { mode: 0o755 });
    return await work(changed);
  });
}

/** Starts the executable with all three streams piped. */
export function spawnInsforge(
  args: readonly string[],
  options: ProcessOptions = {},
): RunningProcess {
  const { cwd, env, reveals, executable = EXECUTABLE } = options;
  const child = new Deno.Command(executable, {
    args: [...args],
    cwd,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", ...systemVariables(), ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (reveals) return child;
  const search = (text: string) => requireSilence(args, options, text);
  const { pid, stdin, status } = child;
  return {
    pid,
    stdin,
    stdout: searched(child.stdout, search),
    stderr: searched(child.stderr, search),
    status,
    kill: (signal) => child.kill(signal),
  };
}

/** Windows programs do not start without these. */
function systemVariables(): Record<string, string> {
  const names = ["SystemRoot", "TEMP", "TMPDIR"];
  return Object.fromEntries(
    names.map((name) => [name, Deno.env.get(name)]).filter(([, value]) => value),
  );
}
