import type { Group } from "../../../cli/command.ts";
import { BACKEND, BRIEF } from "../../../invocation/grants/reach.ts";

/** `insforge realtime channels`. */
export const channels: Group = {
  description: "List, make and delete channels.",
  example: ["Make one", "insforge realtime channels create chat:%"],
  commands: {
    list: {
      description: "List the channels, newest first.",
      reach: BRIEF,
      load: async () => (await import("./list.ts")).list,
    },
    create: {
      description: "Make a channel, or a pattern of channels.",
      effect: "changes",
      reach: BRIEF,
      load: async () => (await import("./create.ts")).create,
    },
    delete: {
      description: "Delete a channel; its messages stay.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./delete.ts")).remove,
    },
  },
};
