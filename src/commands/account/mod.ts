import type { Commands } from "../../cli/command.ts";
import { ACCOUNT } from "../../invocation/grants/reach.ts";

/** The commands of the account on the platform. */
export const account: Commands = {
  login: {
    description: "Log in to the InsForge platform.",
    isForPeople: true,
    effect: "changes",
    reach: { ...ACCOUNT, hosts: ["platform", "loopback"], run: ["browser opener"] },
    load: async () => (await import("./login.ts")).login,
  },
  logout: {
    description: "Forget the login.",
    effect: "changes",
    reach: ACCOUNT,
    load: async () => (await import("./logout.ts")).logout,
  },
  whoami: {
    description: "Show the account that is logged in.",
    reach: ACCOUNT,
    load: async () => (await import("./whoami.ts")).whoami,
  },
};
