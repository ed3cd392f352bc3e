import type { Commands } from "../../cli/command.ts";

/** The commands about this program itself. */
export const program: Commands = {
  upgrade: {
    description: "Replace this program by its latest release.",
    reach: {
      hosts: ["releases"],
      read: ["executable", "update file", "program"],
      write: ["executable", "update file"],
      run: ["new executable"],
    },
    load: async () => (await import("./upgrade.ts")).upgrade,
  },
  completions: {
    description: "Print the completion script of a shell.",
    load: async () => (await import("./completions.ts")).completions,
  },
  grants: {
    description: "Show what the sandbox of a command holds.",
    hidden: true,
    load: async () => (await import("./grants.ts")).grants,
  },
};
