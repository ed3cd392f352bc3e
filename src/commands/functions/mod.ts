import type { Group } from "../../cli/command.ts";
import { BACKEND, BRIEF, type Reach } from "../../invocation/grants/reach.ts";

/** What it takes to bundle functions: their sources, and packages. */
const BUNDLING: Reach = {
  read: ["function sources", "npm configuration", "program"],
  write: ["function lock", "package cache"],
};

/** `insforge functions`. */
export const functions: Group = {
  description: "Write, deploy and call edge functions.",
  example: ["Deploy insforge/functions/hello/index.ts", "insforge functions deploy hello"],
  commands: {
    list: {
      description: "List the functions.",
      reach: BRIEF,
      load: async () => (await import("./list.ts")).list,
    },
    code: {
      description: "Print a function's source code.",
      reach: BRIEF,
      load: async () => (await import("./code.ts")).code,
    },
    deploy: {
      description: "Upload a function, or all of this directory.",
      effect: "changes",
      reach: {
        ...BUNDLING,
        hosts: ["project", "packages"],
        run: ["deno"],
      },
      load: async () => (await import("./deploy.ts")).deploy,
    },
    new: {
      description: "Write a small function to begin with.",
      effect: "changes",
      reach: { write: ["functions folder"] },
      load: async () => (await import("./new.ts")).create,
    },
    serve: {
      description: "Run the functions of this directory, and again at every change.",
      isForPeople: true,
      effect: "changes",
      reach: {
        ...BUNDLING,
        hosts: ["project", "loopback", "packages"],
        read: [...BUNDLING.read!, "--env-file"],
        run: ["this program", "deno"],
      },
      load: async () => (await import("./serve.ts")).serve,
    },
    invoke: {
      description: "Call a function.",
      effect: "changes",
      reach: { ...BACKEND, read: ["--data @"] },
      load: async () => (await import("./invoke.ts")).invoke,
    },
    logs: {
      description: "Show what a function wrote, and its calls.",
      reach: BACKEND,
      load: async () => (await import("./logs.ts")).logs,
    },
    test: {
      description: "Run the tests beside a function, with Deno.",
      effect: "changes",
      reach: { read: ["function sources", "--env-file"], run: ["deno"] },
      load: async () => (await import("./test.ts")).test,
    },
    delete: {
      description: "Delete a function.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./delete.ts")).remove,
    },
  },
};
