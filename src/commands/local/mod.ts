import type { Group } from "../../cli/command.ts";
import { mail } from "./mail/mod.ts";
import { snapshots } from "./snapshots/mod.ts";
import type { Reach } from "../../invocation/grants/reach.ts";

const BACKEND_FILES = ["project link", "./.insforge/local", "--data-dir", "./.gitignore"] as const;

/** What a server keeps: its data, and their backups. */
const SERVED_FILES = ["./.insforge/local", "./.insforge/snapshots", "--data-dir"] as const;

/** What it takes to find, start, stop and link the backend of a directory. */
const CONTROL: Reach = { hosts: ["loopback"], read: BACKEND_FILES, write: BACKEND_FILES };

/** The same with the backend that is gone with its server. */
const BOTH: Reach = { ...CONTROL, write: [...BACKEND_FILES, "./.insforge/ephemeral"] };

/** The same with the snapshots of its data. */
const SNAPSHOTS: Reach = { ...CONTROL, write: [...BACKEND_FILES, "./.insforge/snapshots"] };

/** `insforge local`. */
export const local: Group = {
  description: "Run an InsForge backend on this machine.",
  example: ["Start it and link this directory", "insforge local start"],
  commands: {
    start: {
      description: "Start the local backend and link this directory to it.",
      effect: "changes",
      reach: { ...BOTH, run: ["this program"] },
      load: async () => (await import("./start.ts")).start,
    },
    serve: {
      description: "Run the local backend in the foreground.",
      isForPeople: true,
      effect: "changes",
      reach: {
        hosts: ["any"],
        read: [...SERVED_FILES, "project link", "program", "npm configuration"],
        write: [...SERVED_FILES, "package cache"],
        run: ["this program", "PostgreSQL"],
      },
      load: async () => (await import("./serve.ts")).serve,
    },
    status: {
      description: "Show whether the local backend runs, and where.",
      reach: BOTH,
      load: async () => (await import("./status.ts")).status,
    },
    stop: {
      description: "Stop the local backend.",
      effect: "changes",
      reach: BOTH,
      load: async () => (await import("./stop.ts")).stop,
    },
    reset: {
      description: "Delete all data of the local backend.",
      effect: "destroys",
      reach: {
        ...CONTROL,
        read: [...BACKEND_FILES, "./migrations", "./insforge/seed.sql", "kept input", "program"],
        write: [...BACKEND_FILES, "kept input"],
        run: ["this program"],
      },
      load: async () => (await import("./reset.ts")).reset,
    },
    run: {
      description: "Run a command with the local backend beside it.",
      isForPeople: true,
      effect: "changes",
      reach: {
        hosts: ["loopback"],
        read: [...BACKEND_FILES, "scratch folder"],
        write: [...BACKEND_FILES, "scratch folder"],
        run: ["this program", "typed command"],
      },
      load: async () => (await import("./run.ts")).runCommand,
    },
    copy: {
      description: "Copy all data of the local backend, also while it runs.",
      effect: "changes",
      reach: {
        ...CONTROL,
        read: [...BACKEND_FILES, "operands"],
        write: [...BACKEND_FILES, "operands"],
      },
      load: async () => (await import("./copy.ts")).copy,
    },
    snapshot: {
      description: "Keep the data as it is now, under a name.",
      effect: "changes",
      reach: SNAPSHOTS,
      load: async () => (await import("./snapshot.ts")).snapshot,
    },
    restore: {
      description: "Replace all data by a snapshot.",
      effect: "destroys",
      reach: { ...SNAPSHOTS, run: ["this program"] },
      load: async () => (await import("./restore.ts")).restore,
    },
    snapshots,
    mail,
  },
};
