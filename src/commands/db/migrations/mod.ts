import type { Group } from "../../../cli/command.ts";
import { BACKEND } from "../../../invocation/grants/reach.ts";

/** `insforge db migrations`. */
export const migrations: Group = {
  description: "Change the schema step by step, from files.",
  example: ["Apply what is new", "insforge db migrations up"],
  commands: {
    list: {
      description: "List the migrations that were applied.",
      reach: { ...BACKEND, read: ["./migrations"] },
      load: async () => (await import("./list.ts")).list,
    },
    new: {
      description: "Begin a migration: a file in migrations/.",
      effect: "changes",
      reach: { write: ["./migrations"] },
      load: async () => (await import("./new.ts")).newMigration,
    },
    fetch: {
      description: "Write the files of migrations that were applied elsewhere.",
      effect: "changes",
      reach: { ...BACKEND, write: ["./migrations"] },
      load: async () => (await import("./fetch.ts")).fetch,
    },
    up: {
      description: "Apply the files that are new, in order.",
      effect: "changes",
      reach: { ...BACKEND, read: ["./migrations"] },
      load: async () => (await import("./up.ts")).up,
    },
    status: {
      description: "Compare the files with the database.",
      reach: { ...BACKEND, read: ["./migrations"] },
      load: async () => (await import("./status.ts")).status,
    },
  },
};
