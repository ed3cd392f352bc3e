import type { Group } from "../../cli/command.ts";

/** `insforge ci`. */
export const ci: Group = {
  description: "Test against a backend of its own in continuous integration.",
  example: ["For GitHub", "insforge ci init github"],
  commands: {
    init: {
      description: "Write a workflow that starts a backend, migrates, seeds and runs the tests.",
      effect: "changes",
      reach: { write: ["./.github/workflows", "./.gitlab-ci.yml"] },
      load: async () => (await import("./init.ts")).init,
    },
  },
};
