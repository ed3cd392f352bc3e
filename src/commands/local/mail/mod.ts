import type { Group } from "../../../cli/command.ts";
import { BACKEND, BRIEF } from "../../../invocation/grants/reach.ts";

/** `insforge local mail`. */
export const mail: Group = {
  description: "Read the mail that the local backend sent.",
  example: ["The newest mail, with its code or link", "insforge local mail show"],
  commands: {
    list: {
      description: "List the mails, newest first, with their codes and links.",
      reach: BRIEF,
      load: async () => (await import("./list.ts")).list,
    },
    show: {
      description: "Show a mail, or the newest.",
      reach: BRIEF,
      load: async () => (await import("./show.ts")).show,
    },
    open: {
      description: "Show the inbox in the browser.",
      reach: { ...BACKEND, run: ["browser opener"] },
      load: async () => (await import("./open.ts")).open,
    },
  },
};
