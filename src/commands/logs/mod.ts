import type { Leaf } from "../../cli/command.ts";
import { BACKEND } from "../../invocation/grants/reach.ts";

/** `insforge logs`. */
export const logs: Leaf = {
  description: "Show what the backend, its database and its functions wrote.",
  reach: BACKEND,
  load: async () => (await import("./logs.ts")).logs,
};
