import type { Group } from "../../cli/command.ts";
import { BACKEND, BRIEF } from "../../invocation/grants/reach.ts";

/** `insforge ai`. */
export const ai: Group = {
  description: "Use the model gateway's key, and see what it spends.",
  example: ["See what is left", "insforge ai overview"],
  commands: {
    setup: {
      description: "Write the key of OpenRouter into .env.local.",
      effect: "changes",
      reach: {
        ...BACKEND,
        read: ["app variables", "./.gitignore", "--env-file"],
        write: ["app variables", "./.gitignore", "--env-file"],
      },
      load: async () => (await import("./setup.ts")).setup,
    },
    overview: {
      description: "Show what the key has spent, and what is left.",
      reach: BRIEF,
      load: async () => (await import("./overview.ts")).overview,
    },
  },
};
