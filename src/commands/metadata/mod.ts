import type { Leaf } from "../../cli/command.ts";
import { BRIEF } from "../../invocation/grants/reach.ts";

/** `insforge metadata`. */
export const metadata: Leaf = {
  description: "Show what the backend holds: tables, buckets, functions.",
  reach: BRIEF,
  load: async () => (await import("./metadata.ts")).metadata,
};
