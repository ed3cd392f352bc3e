/** The Model Context Protocol over the standard streams, by its official SDK. */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { finished, Readable, Writable } from "node:stream";
import type { Context } from "../../cli/context.ts";
import { loadCarried } from "../../files/carried_module.ts";
import { type Call, callTool } from "./call.ts";
import { toolsOf } from "./tools.ts";

/**
 * Serves every command that needs no person, until standard input ends and all that was asked
 * before is answered.
 */
export async function serveTools(context: Context): Promise<void> {
  const { launch, terminal, signal } = context;
  const tools = toolsOf(await context.everyCommand());
  const { CallToolRequestSchema, ListToolsRequestSchema, Server, StdioServerTransport } =
    await loadCarried<typeof import("./protocol.ts")>("src/commands/mcp/protocol");
  const server = new Server(
    { name: "insforge", version: launch.version },
    { capabilities: { tools: {} } },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map(({ definition }) => definition),
  }));
  const calls = new Set<Promise<CallToolResult>>();
  server.setRequestHandler(CallToolRequestSchema, async (
    { params }: { params: Call },
    { signal: cancelled }: { signal: AbortSignal },
  ) => {
    const tool = tools.find(({ definition }) => definition.name === params.name);
    const call = callTool(context, tool, params, AbortSignal.any([signal, cancelled]));
    calls.add(call);
    return await call.finally(() => calls.delete(call));
  });
  const input = Readable.fromWeb(terminal.stdin as Parameters<typeof Readable.fromWeb>[0]);
  const output = new Writable({
    write(chunk, _encoding, done) {
      terminal.writeOut(chunk).then(() => done(), done);
    },
  });
  signal.addEventListener("abort", () => input.destroy());
  const ended = new Promise<void>((resolve) => finished(input, () => resolve()));
  await server.connect(new StdioServerTransport(input, output));
  await ended;
  await Promise.allSettled(calls);
  // The SDK writes an answer in the same turn of the event loop.
  await new Promise<void>((resolve) => setTimeout(resolve));
  await new Promise<void>((resolve) => output.end(resolve));
  await server.close();
}
