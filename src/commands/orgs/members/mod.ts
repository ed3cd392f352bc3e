import type { Group } from "../../../cli/command.ts";
import { ACCOUNT } from "../../../invocation/grants/reach.ts";

/** `insforge orgs members`. */
export const members: Group = {
  description: "Manage who belongs to an organization.",
  example: ["Ask somebody to join", "insforge orgs members invite grace@example.com"],
  commands: {
    list: {
      description: "List members, and invitations without an answer.",
      reach: ACCOUNT,
      load: async () => (await import("./list.ts")).list,
    },
    invite: {
      description: "Ask somebody to join, by mail.",
      effect: "changes",
      reach: ACCOUNT,
      load: async () => (await import("./invite.ts")).invite,
    },
    role: {
      description: "Change what a member may do.",
      effect: "changes",
      reach: ACCOUNT,
      load: async () => (await import("./role.ts")).role,
    },
    remove: {
      description: "Take a member out of the organization.",
      effect: "destroys",
      reach: ACCOUNT,
      load: async () => (await import("./remove.ts")).remove,
    },
  },
};
