import type { Leaf } from "../../cli/command.ts";
import { BACKEND } from "../../invocation/grants/reach.ts";

/** `insforge metadata`. */
export const metadata: Leaf = {
  description: "Show what the backend holds: tables, buckets, functions.",
  reach: BACKEND,
  load: async () => (await import("./metadata.ts")).metadata,
};
