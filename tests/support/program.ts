/** Other programs as processes, in a clean environment. */

export interface ProgramOptions {
  readonly cwd?: string;
  /** The whole environment, beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. */
export async function run(program: string, args: string[], options: ProgramOptions = {}) {
  const output = await new Deno.Command(program, {
    args,
    cwd: options.cwd,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", ...options.env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    signal: output.signal,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/** Whether a program is on PATH; a test that needs one that is not is skipped, and counted so. */
export function has(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}
