import type { Group } from "../../cli/command.ts";
import { ACCOUNT } from "../../invocation/grants/reach.ts";
import { members } from "./members/mod.ts";

/** `insforge orgs`. */
export const orgs: Group = {
  description: "Manage organizations of the platform and who belongs to them.",
  example: ["List yours", "insforge orgs list"],
  commands: {
    list: {
      description: "List the organizations that you belong to.",
      reach: ACCOUNT,
      load: async () => (await import("./list.ts")).list,
    },
    create: {
      description: "Create an organization.",
      effect: "changes",
      reach: ACCOUNT,
      load: async () => (await import("./create.ts")).create,
    },
    update: {
      description: "Change an organization's name or type.",
      effect: "changes",
      reach: ACCOUNT,
      load: async () => (await import("./update.ts")).update,
    },
    leave: {
      description: "Leave an organization; only an invitation leads back.",
      effect: "destroys",
      reach: ACCOUNT,
      load: async () => (await import("./leave.ts")).leave,
    },
    delete: {
      description: "Delete an organization with all of its projects.",
      effect: "destroys",
      reach: ACCOUNT,
      load: async () => (await import("./delete.ts")).deleteOrg,
    },
    members,
  },
};
