import { env } from "./env/mod.ts";
import type { Group } from "../../cli/command.ts";
import { BACKEND, BRIEF } from "../../invocation/grants/reach.ts";

/** `insforge deployments`. */
export const deployments: Group = {
  description: "Publish a site, and follow its deployments.",
  example: ["Publish a build", "insforge deployments deploy ./dist"],
  commands: {
    deploy: {
      description: "Publish the files of a folder, or of this one.",
      effect: "changes",
      reach: {
        hosts: ["project", "transfer"],
        read: ["deployed folder", "site rules", "env files", "program"],
        run: ["name lister"],
      },
      load: async () => (await import("./deploy.ts")).deploy,
    },
    list: {
      description: "List the deployments.",
      reach: BRIEF,
      load: async () => (await import("./list.ts")).list,
    },
    status: {
      description: "Show how a deployment stands.",
      reach: BRIEF,
      load: async () => (await import("./status.ts")).status,
    },
    cancel: {
      description: "Cancel a deployment.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./cancel.ts")).cancel,
    },
    open: {
      description: "Show a deployment in the browser.",
      reach: { ...BACKEND, run: ["browser opener"] },
      load: async () => (await import("./open.ts")).open,
    },
    metadata: {
      description: "Show what is published, and where.",
      reach: BRIEF,
      load: async () => (await import("./metadata.ts")).metadata,
    },
    slug: {
      description: "Show or choose the name in the site's address.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./slug.ts")).slug,
    },
    env,
  },
};
