import type { Commands } from "../../cli/command.ts";
import { BACKEND } from "../../invocation/grants/reach.ts";

export const diagnose: Commands = {
  diagnose: {
    description: "Look at the health of the backend: database, logs, advisor, metrics.",
    reach: BACKEND,
    load: async () => (await import("./diagnose.ts")).diagnose,
  },
};
