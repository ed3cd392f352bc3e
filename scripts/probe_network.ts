/**
 * Finds out whether JSR answers and prints `open` or `closed`. Bounded to a few seconds: a network
 * that drops packets must not stall the set-up.
 */
const LIMIT_MS = 5_000;

const { success } = await new Deno.Command(Deno.execPath(), {
  args: ["cache", "--quiet", "--no-config", "--reload", "jsr:@std/path@1.1.4/posix"],
  stdout: "null",
  stderr: "null",
  signal: AbortSignal.timeout(LIMIT_MS),
}).output();
console.log(success ? "open" : "closed");
