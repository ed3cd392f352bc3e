import type { Group } from "../../cli/command.ts";
import type { Reach } from "../../invocation/grants/reach.ts";

const FILES = ["project link", "./.insforge/local", "./.insforge/snapshots"] as const;

/** A backend's own backups, or for the local one, snapshots. */
const BACKUPS: Reach = {
  hosts: ["project", "loopback", "platform"],
  read: [...FILES, "global files"],
  write: [...FILES, "./.gitignore", "global files"],
};

/** `insforge backups`. */
export const backups: Group = {
  description: "Manage backups of the whole database.",
  example: ["Take one", "insforge backups create --name before-the-import --wait"],
  commands: {
    list: {
      description: "List the backups.",
      reach: BACKUPS,
      load: async () => (await import("./list.ts")).list,
    },
    latest: {
      description: "Show the newest backup.",
      reach: BACKUPS,
      load: async () => (await import("./latest.ts")).latest,
    },
    create: {
      description: "Take a backup.",
      effect: "changes",
      reach: BACKUPS,
      load: async () => (await import("./create.ts")).create,
    },
    rename: {
      description: "Give a backup another name.",
      effect: "changes",
      reach: BACKUPS,
      load: async () => (await import("./rename.ts")).rename,
    },
    delete: {
      description: "Delete a backup.",
      effect: "destroys",
      reach: BACKUPS,
      load: async () => (await import("./delete.ts")).deleteBackup,
    },
    restore: {
      description: "Replace the data by that of a backup.",
      effect: "destroys",
      reach: { ...BACKUPS, run: ["this program"] },
      load: async () => (await import("./restore.ts")).restore,
    },
  },
};
