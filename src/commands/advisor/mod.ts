import type { Group } from "../../cli/command.ts";
import { BACKEND, BRIEF } from "../../invocation/grants/reach.ts";

/** `insforge advisor`. */
export const advisor: Group = {
  description: "Tell the backend's advisor when to look, and what to pass over.",
  example: ["Have it look now", "insforge advisor scan"],
  commands: {
    scan: {
      description: "Look now instead of waiting for the schedule.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./scan.ts")).scan,
    },
    suppressions: {
      description: "List what is passed over.",
      reach: BRIEF,
      load: async () => (await import("./suppressions.ts")).suppressions,
    },
    suppress: {
      description: "Pass a finding over, or a whole rule.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./suppress.ts")).suppressFinding,
    },
    unsuppress: {
      description: "Tell of a finding again.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./unsuppress.ts")).unsuppressFinding,
    },
  },
};
