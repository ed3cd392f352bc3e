import type { Group, Leaf } from "../../cli/command.ts";
import { ACCOUNT, type Reach } from "../../invocation/grants/reach.ts";

/** For what is decided at an address that is opened. */
const IN_BROWSER: Reach = { ...ACCOUNT, run: ["browser opener"] };

/** `insforge billing`. */
export const billing: Group = {
  description: "See what an organization pays, and change its plan.",
  example: ["Which plan is it?", "insforge billing status"],
  commands: {
    status: {
      description: "Show the plan and how long it runs.",
      reach: ACCOUNT,
      load: async () => (await import("./status.ts")).status,
    },
    credits: {
      description: "Show the credit that is left, and what changed it.",
      reach: ACCOUNT,
      load: async () => (await import("./credits.ts")).credits,
    },
    history: {
      description: "List what was paid.",
      reach: ACCOUNT,
      load: async () => (await import("./history.ts")).history,
    },
    cycles: {
      description: "Show the days of this billing cycle and of the last one.",
      reach: ACCOUNT,
      load: async () => (await import("./cycles.ts")).cycles,
    },
    upgrade: {
      description: "Open the checkout of another plan; nothing is paid before.",
      effect: "changes",
      reach: IN_BROWSER,
      load: async () => (await import("./upgrade.ts")).upgrade,
    },
    manage: {
      description: "Open the page where plan and means of payment are changed.",
      reach: IN_BROWSER,
      load: async () => (await import("./manage.ts")).manage,
    },
  },
};

/** `insforge usage`. */
export const usage: Leaf = {
  description: "Show what an organization has used in this billing cycle.",
  reach: ACCOUNT,
  load: async () => (await import("./usage.ts")).usage,
};
