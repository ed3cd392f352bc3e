import type { Group } from "../../cli/command.ts";
import { BACKEND } from "../../invocation/grants/reach.ts";
import { notHere } from "../elsewhere/mod.ts";

/** What buys and sets up names at Cloudflare. */
const AT_CLOUDFLARE = [
  "cloudflare",
  "search",
  "check",
  "buy",
  "dns",
  "resume",
  "buy-and-attach",
] as const;

/** `insforge domains`. */
export const domains: Group = {
  description: "Give a hosted site a name of your own.",
  example: ["Attach a name", "insforge domains attach example.com"],
  commands: {
    list: {
      description: "List the site's domains.",
      reach: BACKEND,
      load: async () => (await import("./list.ts")).list,
    },
    attach: {
      description: "Attach a domain, and show the records that it needs.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./attach.ts")).attach,
    },
    verify: {
      description: "Have the records of a domain looked at.",
      effect: "changes",
      reach: BACKEND,
      load: async () => (await import("./verify.ts")).verify,
    },
    status: {
      description: "Show how a domain stands.",
      reach: BACKEND,
      load: async () => (await import("./status.ts")).status,
    },
    remove: {
      description: "Take a domain away from the site.",
      effect: "destroys",
      reach: BACKEND,
      load: async () => (await import("./remove.ts")).remove,
    },
    ...Object.fromEntries(
      AT_CLOUDFLARE.map((name) => [name, notHere(`domains ${name}`, "names at Cloudflare")]),
    ),
  },
};
