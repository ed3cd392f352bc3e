import type { Group } from "../../../cli/command.ts";
import { ACCOUNT } from "../../../invocation/grants/reach.ts";

/** `insforge projects`: what becomes of a project of the platform once it is there. */
export const managed: Group = {
  description: "See and change a project of the platform.",
  example: ["How does it stand?", "insforge projects get"],
  commands: {
    list: {
      description: "List the projects of an organization.",
      reach: ACCOUNT,
      load: async () => (await import("./list.ts")).list,
    },
    get: {
      description: "Show how a project stands.",
      reach: ACCOUNT,
      load: async () => (await import("./get.ts")).get,
    },
    update: {
      description: "Change a project's name, domain or storage.",
      effect: "changes",
      reach: ACCOUNT,
      load: async () => (await import("./update.ts")).update,
    },
    restore: {
      description: "Bring a paused project back.",
      effect: "changes",
      reach: ACCOUNT,
      load: async () => (await import("./restore.ts")).restore,
    },
    "update-version": {
      description: "Run the newest version of the backend; restarts the project.",
      effect: "changes",
      reach: ACCOUNT,
      load: async () => (await import("./update_version.ts")).updateVersion,
    },
    "upgrade-instance": {
      description: "Give a project another instance; restarts it, and changes the bill.",
      effect: "changes",
      reach: ACCOUNT,
      load: async () => (await import("./upgrade_instance.ts")).upgradeInstance,
    },
    transfer: {
      description: "Hand a project to another organization.",
      effect: "destroys",
      reach: ACCOUNT,
      load: async () => (await import("./transfer.ts")).transfer,
    },
    delete: {
      description: "Delete a project with all that it holds.",
      effect: "destroys",
      reach: ACCOUNT,
      load: async () => (await import("./delete.ts")).deleteProject,
    },
  },
};
