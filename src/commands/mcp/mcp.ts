import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";

/** `insforge mcp`: started by an agent's program, not by people. */
export const mcp = (run: Run) =>
  new Command()
    .example("Add it to Claude Code", "claude mcp add insforge -- insforge mcp")
    .example("Serve one project", "insforge mcp --cwd ~/shop")
    .action(run(runMcp));

/** Answers on standard output until standard input ends. */
async function runMcp(context: Context): Promise<Result> {
  const { serveTools } = await import("./serve.ts");
  await serveTools(context);
  // Standard output is the protocol's alone.
  return { stream: new Blob([]).stream() };
}
