import type { Group } from "../../cli/command.ts";
import { BACKEND } from "../../invocation/grants/reach.ts";
import { users } from "./users/mod.ts";

/** `insforge auth`. */
export const auth: Group = {
  description: "Manage the users of the app, and how they sign in.",
  example: ["Act as a user", "insforge auth users token ada@example.com"],
  commands: {
    users,
    config: {
      description: "Show the rules for sign-up and sign-in, or change some.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./config.ts")).config,
    },
  },
};
