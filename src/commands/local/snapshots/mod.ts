import type { Group } from "../../../cli/command.ts";

/** `insforge local snapshots`. */
export const snapshots: Group = {
  description: "Manage the snapshots of the local backend.",
  example: ["See what there is", "insforge local snapshots list"],
  commands: {
    list: {
      description: "List the snapshots.",
      reach: { read: ["./.insforge/snapshots"] },
      load: async () => (await import("./list.ts")).list,
    },
    delete: {
      description: "Delete a snapshot.",
      effect: "destroys",
      reach: { write: ["./.insforge/snapshots"] },
      load: async () => (await import("./delete.ts")).deleteSnapshot,
    },
  },
};
