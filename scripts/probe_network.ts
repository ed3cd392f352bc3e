/**
 * Finds out whether JSR answers and writes `open` or `closed` to the file named by the argument.
 * Bounded to a few seconds: a network that drops packets must not stall the set-up.
 */
const LIMIT_MS = 5_000;

const [target] = Deno.args;
if (!target) throw new Error("usage: probe_network.ts FILE");
const { success } = await new Deno.Command(Deno.execPath(), {
  args: ["cache", "--quiet", "--no-config", "--reload", "jsr:@std/path@1.1.4/posix"],
  stdout: "null",
  stderr: "null",
  signal: AbortSignal.timeout(LIMIT_MS),
}).output();
await Deno.writeTextFile(`${target}.partial`, success ? "open" : "closed");
await Deno.rename(`${target}.partial`, target);
