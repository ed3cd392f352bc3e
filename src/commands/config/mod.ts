import type { Group } from "../../cli/command.ts";
import { BACKEND } from "../../invocation/grants/reach.ts";

/** `insforge config`. */
export const config: Group = {
  description: "Keep the backend's settings in a file, insforge.toml.",
  example: ["Write the file", "insforge config export"],
  commands: {
    export: {
      description: "Write the backend's settings into insforge.toml.",
      effect: "changes",
      reach: { ...BACKEND, write: ["./insforge.toml", "--out"] },
      load: async () => (await import("./export.ts")).exportConfig,
    },
    plan: {
      description: "Show what insforge.toml would change.",
      reach: { ...BACKEND, read: ["./insforge.toml", "--file"] },
      load: async () => (await import("./plan.ts")).plan,
    },
    apply: {
      description: "Set what insforge.toml says.",
      effect: "changes",
      reach: { ...BACKEND, read: ["./insforge.toml", "--file"] },
      load: async () => (await import("./apply.ts")).apply,
    },
  },
};
