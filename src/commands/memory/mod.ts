import type { Group } from "../../cli/command.ts";
import { BACKEND, BRIEF } from "../../invocation/grants/reach.ts";

/** `insforge memory`. */
export const memory: Group = {
  description: "Keep what agents learn of a project, and find it again.",
  example: ["Ask what is known", 'insforge memory recall "how are tags filtered"'],
  commands: {
    remember: {
      description: "Keep a fact, a decision, a preference or a reference.",
      effect: "changes",
      reach: { ...BACKEND, read: ["--file"] },
      load: async () => (await import("./remember.ts")).remember,
    },
    recall: {
      description: "Find the memories that a question is about.",
      reach: BRIEF,
      load: async () => (await import("./recall.ts")).recall,
    },
    list: {
      description: "List the titles of all memories.",
      reach: BRIEF,
      load: async () => (await import("./list.ts")).list,
    },
  },
};
