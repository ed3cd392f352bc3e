/** Named pipes, where the system has them. */

/** Makes a pipe and begins to read it; `text` waits for its end. */
export async function readPipe(path: string): Promise<{ text(): Promise<string> }> {
  await new Deno.Command("mkfifo", { args: [path] }).output();
  // In a process of its own: Deno itself stands still until a pipe is opened at its other end.
  const reader = new Deno.Command("cat", { args: [path], stdout: "piped" }).spawn();
  return {
    async text() {
      const { stdout } = await reader.output();
      return new TextDecoder().decode(stdout);
    },
  };
}
