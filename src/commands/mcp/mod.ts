import type { Leaf } from "../../cli/command.ts";

/** `insforge mcp`. */
export const mcp: Leaf = {
  description: "Serve the commands to coding agents as tools: MCP over stdio.",
  isForPeople: true,
  // Each call is an invocation of its own, with the grants of its command.
  reach: { read: ["program"], run: ["this program"] },
  load: async () => (await import("./mcp.ts")).mcp,
};
