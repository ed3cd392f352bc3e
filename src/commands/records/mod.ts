import type { Group } from "../../cli/command.ts";
import { BACKEND, BRIEF } from "../../invocation/grants/reach.ts";

const WITH_DATA = { ...BRIEF, read: ["--data @"] } as const;

/** `insforge records`. */
export const records: Group = {
  description: "Read and change rows over the data API.",
  example: ["Read rows", "insforge records list posts --limit 10"],
  commands: {
    list: {
      description: "Read rows of a table.",
      reach: BRIEF,
      load: async () => (await import("./list.ts")).list,
    },
    create: {
      description: "Add rows to a table.",
      effect: "changes",
      reach: WITH_DATA,
      load: async () => (await import("./create.ts")).create,
    },
    update: {
      description: "Change the rows that a filter names.",
      effect: "changes",
      reach: WITH_DATA,
      load: async () => (await import("./update.ts")).update,
    },
    delete: {
      description: "Delete the rows that a filter names.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./delete.ts")).deleteRows,
    },
  },
};
