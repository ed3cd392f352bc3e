import type { Group } from "../../cli/command.ts";
import { BACKEND, BRIEF } from "../../invocation/grants/reach.ts";

/** `insforge secrets`. */
export const secrets: Group = {
  description: "Keep the secrets of functions and schedules.",
  example: ["Add one, and be asked for its value", "insforge secrets add API_TOKEN"],
  commands: {
    list: {
      description: "List the secrets, without their values.",
      reach: BRIEF,
      load: async () => (await import("./list.ts")).list,
    },
    get: {
      description: "Print a secret's value.",
      reach: BRIEF,
      load: async () => (await import("./get.ts")).get,
    },
    add: {
      description: "Add a secret, or those of a file.",
      effect: "changes",
      reach: { ...BACKEND, read: ["--env-file"] },
      load: async () => (await import("./add.ts")).add,
    },
    update: {
      description: "Change a secret, or bring a deleted one back.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./update.ts")).update,
    },
    delete: {
      description: "Delete a secret; it can be brought back.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./delete.ts")).remove,
    },
    rotate: {
      description: "Replace the API key or the anon key.",
      effect: "destroys",
      reach: { ...BACKEND, write: ["project link"] },
      load: async () => (await import("./rotate.ts")).rotate,
    },
  },
};
