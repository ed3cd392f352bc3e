import type { Group } from "../../cli/command.ts";
import { BACKEND } from "../../invocation/grants/reach.ts";

/** `insforge env`. */
export const env: Group = {
  description: "Tell an app where its backend is.",
  example: ["Write .env.local", "insforge env pull"],
  commands: {
    pull: {
      description: "Write the address and the public key into .env.local.",
      effect: "changes",
      reach: {
        ...BACKEND,
        read: ["app manifest", "app variables", "-o", "--output"],
        write: ["app variables", "-o", "--output"],
      },
      load: async () => (await import("./pull.ts")).pull,
    },
  },
};
