import type { Leaf } from "../../cli/command.ts";

/** `insforge feedback`. */
export const feedback: Leaf = {
  description: "Tell InsForge what got in your way.",
  effect: "changes",
  reach: { hosts: ["feedback"], read: ["--file"] },
  load: async () => (await import("./feedback.ts")).feedback,
};
