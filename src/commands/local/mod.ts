import type { Group } from "../../cli/command.ts";
import { mail } from "./mail/mod.ts";
import type { Reach } from "../../invocation/grants/reach.ts";

const BACKEND_FILES = ["project link", "./.insforge/local", "--data-dir", "./.gitignore"] as const;

/** What it takes to find, start, stop and link the backend of a directory. */
const CONTROL: Reach = { hosts: ["loopback"], read: BACKEND_FILES, write: BACKEND_FILES };

/** `insforge local`. */
export const local: Group = {
  description: "Run an InsForge backend on this machine.",
  example: ["Start it and link this directory", "insforge local start"],
  commands: {
    start: {
      description: "Start the local backend and link this directory to it.",
      reach: { ...CONTROL, run: ["this program"] },
      load: async () => (await import("./start.ts")).start,
    },
    serve: {
      description: "Run the local backend in the foreground.",
      reach: {
        hosts: ["any"],
        read: ["project link", "./.insforge/local", "--data-dir", "program", "npm configuration"],
        write: ["./.insforge/local", "--data-dir", "package cache"],
        run: ["this program"],
      },
      load: async () => (await import("./serve.ts")).serve,
    },
    status: {
      description: "Show whether the local backend runs, and where.",
      reach: CONTROL,
      load: async () => (await import("./status.ts")).status,
    },
    stop: {
      description: "Stop the local backend.",
      reach: CONTROL,
      load: async () => (await import("./stop.ts")).stop,
    },
    reset: {
      description: "Delete all data of the local backend.",
      reach: {
        ...CONTROL,
        read: [...BACKEND_FILES, "./migrations", "./insforge/seed.sql", "kept input", "program"],
        write: [...BACKEND_FILES, "kept input"],
        run: ["this program"],
      },
      load: async () => (await import("./reset.ts")).reset,
    },
    mail,
  },
};
