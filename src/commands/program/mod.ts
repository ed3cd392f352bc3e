import type { Commands } from "../../cli/command.ts";

/** The commands about this program itself. */
export const program: Commands = {
  upgrade: {
    description: "Replace this program by its latest release.",
    isForPeople: true,
    effect: "changes",
    reach: {
      hosts: ["releases"],
      read: ["executable", "update file", "program"],
      write: ["executable", "update file"],
      run: ["new executable"],
    },
    load: async () => (await import("./upgrade.ts")).upgrade,
  },
  skill: {
    description: "Tell a coding agent how to use this program: a SKILL.md.",
    isForPeople: true,
    effect: "changes",
    reach: { write: ["./.claude/skills/insforge", "-o", "--output"] },
    load: async () => (await import("./skill.ts")).skill,
  },
  schema: {
    description: "Show the JSON Schema of what a command answers with --json.",
    load: async () => (await import("./schema.ts")).schema,
  },
  completions: {
    description: "Print the completion script of a shell.",
    isForPeople: true,
    load: async () => (await import("./completions.ts")).completions,
  },
  grants: {
    description: "Show what the sandbox of a command holds.",
    isForPeople: true,
    hidden: true,
    load: async () => (await import("./grants.ts")).grants,
  },
};
