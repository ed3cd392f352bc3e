import type { Commands } from "../../cli/command.ts";
import { ACCOUNT, BACKEND, type Reach } from "../../invocation/grants/reach.ts";
import { managed } from "./managed/mod.ts";

/** What linking a directory to a project takes. */
const LINKING = {
  hosts: ["platform", "project"],
  read: ["global files", "project link", "./.gitignore"],
  write: ["global files", "project link", "./.gitignore"],
} satisfies Reach;

/** The commands that choose what the others act on. */
export const projects: Commands = {
  list: {
    description: "List your organizations and their projects.",
    reach: ACCOUNT,
    load: async () => (await import("./list.ts")).list,
  },
  create: {
    description: "Create a project and link this directory to it.",
    effect: "changes",
    reach: {
      hosts: ["platform", "templates"],
      read: [...LINKING.read, "working directory", "program"],
      write: [...LINKING.write, "working directory"],
    },
    load: async () => (await import("./create.ts")).create,
  },
  link: {
    description: "Link this directory to a project.",
    effect: "changes",
    reach: LINKING,
    load: async () => (await import("./link.ts")).link,
  },
  current: {
    description: "Show the account and the project that commands act on.",
    reach: {
      hosts: ["platform"],
      read: ["global files"],
      write: ["global files"],
    },
    load: async () => (await import("./current.ts")).current,
  },
  open: {
    description: `Open the project in the browser.

Places are dashboard, which is what opens when none is named, api and docs.`,
    reach: { ...BACKEND, run: ["browser opener"] },
    load: async () => (await import("./open.ts")).open,
  },
  projects: managed,
};
