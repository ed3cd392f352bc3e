import type { Group } from "../../../cli/command.ts";
import { BACKEND, BRIEF } from "../../../invocation/grants/reach.ts";

/** `insforge storage s3-keys`. */
export const s3Keys: Group = {
  description: "Manage the access keys of S3 clients, such as rclone.",
  example: ["Make one", "insforge storage s3-keys create --description backup"],
  commands: {
    list: {
      description: "List the access keys, without their secrets.",
      reach: BRIEF,
      load: async () => (await import("./list.ts")).list,
    },
    create: {
      description: "Make an access key, whose secret is shown once.",
      reach: BRIEF,
      load: async () => (await import("./create.ts")).create,
    },
    delete: {
      description: "Delete an access key; who signs with it is refused.",
      reach: BACKEND,
      load: async () => (await import("./delete.ts")).remove,
    },
  },
};
