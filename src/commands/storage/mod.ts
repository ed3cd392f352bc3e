import type { Group } from "../../cli/command.ts";
import { BACKEND, BRIEF } from "../../invocation/grants/reach.ts";
import { s3Keys } from "./s3_keys/mod.ts";

/** `insforge storage`. */
export const storage: Group = {
  description: "Store and fetch files: buckets and their objects.",
  example: ["Upload a file", "insforge storage upload photo.jpg --bucket photos"],
  commands: {
    buckets: {
      description: "List the buckets.",
      reach: BRIEF,
      load: async () => (await import("./buckets.ts")).buckets,
    },
    "create-bucket": {
      description: "Create a bucket.",
      effect: "changes",
      reach: BRIEF,
      load: async () => (await import("./create_bucket.ts")).createBucket,
    },
    "delete-bucket": {
      description: "Delete a bucket with its objects.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./delete_bucket.ts")).deleteBucket,
    },
    "list-objects": {
      description: "List the objects of a bucket.",
      reach: BRIEF,
      load: async () => (await import("./list_objects.ts")).listObjects,
    },
    upload: {
      description: "Upload files and folders.",
      effect: "changes",
      reach: {
        hosts: ["project", "transfer"],
        read: ["operands", "kept input"],
        write: ["kept input"],
        run: ["name lister"],
      },
      load: async () => (await import("./upload.ts")).upload,
    },
    download: {
      description: "Download objects.",
      effect: "changes",
      reach: {
        hosts: ["project", "transfer"],
        write: ["download target"],
      },
      load: async () => (await import("./download.ts")).download,
    },
    config: {
      description: "Show or change the largest size of an object.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./config.ts")).config,
    },
    "s3-keys": s3Keys,
    "delete-object": {
      description: "Delete objects.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./delete_object.ts")).deleteObject,
    },
  },
};
