import type { Group } from "../../cli/command.ts";
import type { Reach } from "../../invocation/grants/reach.ts";

const FILES = ["project link", "./.insforge/local", "./.insforge/branches"] as const;

/**
 * What it takes to copy, start, stop and link the backends of a directory; the platform has its
 * own of its projects.
 */
const CONTROL: Reach = {
  hosts: ["loopback", "platform"],
  read: [...FILES, "global files"],
  write: [...FILES, "./.gitignore", "global files"],
  run: ["this program"],
};

/** `insforge branch`. */
export const branch: Group = {
  description: "Try changes on a copy of the backend.",
  example: ["Work on a copy", "insforge branch create new-policies"],
  commands: {
    create: {
      description: "Copy the backend, and link this directory to the copy.",
      effect: "changes",
      reach: CONTROL,
      load: async () => (await import("./create.ts")).create,
    },
    list: {
      description: "List the branches.",
      reach: CONTROL,
      load: async () => (await import("./list.ts")).list,
    },
    switch: {
      description: "Link this directory to a branch, or to the parent.",
      effect: "changes",
      reach: CONTROL,
      load: async () => (await import("./switch.ts")).switchBranch,
    },
    merge: {
      description: "Bring the changes of a branch's schema to the parent.",
      effect: "destroys",
      reach: {
        ...CONTROL,
        read: [...CONTROL.read!, "scratch folder"],
        write: [...CONTROL.write!, "scratch folder", "--save-sql"],
      },
      load: async () => (await import("./merge.ts")).merge,
    },
    reset: {
      description: "Take a branch back to where it began.",
      effect: "destroys",
      reach: CONTROL,
      load: async () => (await import("./reset.ts")).reset,
    },
    delete: {
      description: "Delete a branch with its data.",
      effect: "destroys",
      reach: CONTROL,
      load: async () => (await import("./delete.ts")).deleteBranch,
    },
  },
};
