import type { Group } from "../../../cli/command.ts";
import { BACKEND, BRIEF } from "../../../invocation/grants/reach.ts";

/** `insforge deployments env`. */
export const env: Group = {
  description: "Manage the variables of builds.",
  example: ["Set one", "insforge deployments env set VITE_API_URL https://api.example.com"],
  commands: {
    list: {
      description: "List the variables, without their values.",
      reach: BRIEF,
      load: async () => (await import("./list.ts")).list,
    },
    set: {
      description: "Set a variable, or those of a file.",
      effect: "changes",
      reach: { ...BACKEND, read: ["--env-file"] },
      load: async () => (await import("./set.ts")).set,
    },
    unset: {
      description: "Remove a variable.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./unset.ts")).unset,
    },
    // What InsForge's own CLI calls it.
    delete: {
      description: "Remove a variable.",
      hidden: true,
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./unset.ts")).unset,
    },
  },
};
