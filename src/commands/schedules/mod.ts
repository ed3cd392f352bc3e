import type { Group } from "../../cli/command.ts";
import { BACKEND, BRIEF } from "../../invocation/grants/reach.ts";

/** `insforge schedules`. */
export const schedules: Group = {
  description: "Call addresses at set times.",
  example: ["List the schedules", "insforge schedules list"],
  commands: {
    list: {
      description: "List the schedules.",
      reach: BRIEF,
      load: async () => (await import("./list.ts")).list,
    },
    get: {
      description: "Show one schedule.",
      reach: BRIEF,
      load: async () => (await import("./get.ts")).get,
    },
    create: {
      description: "Call an address at set times.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./create.ts")).create,
    },
    update: {
      description: "Change, pause or resume a schedule.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./update.ts")).update,
    },
    delete: {
      description: "Delete a schedule.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./delete.ts")).remove,
    },
    logs: {
      description: "Show what became of a schedule's runs.",
      reach: BRIEF,
      load: async () => (await import("./logs.ts")).logs,
    },
  },
};
