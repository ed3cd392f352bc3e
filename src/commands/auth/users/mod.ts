import type { Group } from "../../../cli/command.ts";
import { BACKEND, BRIEF } from "../../../invocation/grants/reach.ts";

/** `insforge auth users`. */
export const users: Group = {
  description: "List, add and delete users, and act as one.",
  example: ["Find a user", "insforge auth users list --search ada"],
  commands: {
    list: {
      description: "List the users, newest first.",
      reach: BRIEF,
      load: async () => (await import("./list.ts")).list,
    },
    create: {
      description: "Add a user with a password.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./create.ts")).create,
    },
    delete: {
      description: "Delete users, with all that refers to them.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./delete.ts")).remove,
    },
    token: {
      description: "Print a token to act as a user with (local backend).",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./token.ts")).token,
    },
  },
};
