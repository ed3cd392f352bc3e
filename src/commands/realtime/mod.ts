import type { Group } from "../../cli/command.ts";
import { BACKEND, BRIEF } from "../../invocation/grants/reach.ts";
import { channels } from "./channels/mod.ts";

/** `insforge realtime`. */
export const realtime: Group = {
  description: "Look after channels and messages, and watch them.",
  example: ["Watch a channel", "insforge realtime tail chat:lobby"],
  commands: {
    channels,
    messages: {
      description: "Show messages that were sent, and what became of them.",
      reach: BRIEF,
      load: async () => (await import("./messages.ts")).messages,
    },
    stats: {
      description: "Count messages, and the webhooks that took them.",
      reach: BRIEF,
      load: async () => (await import("./stats.ts")).stats,
    },
    tail: {
      description: "Show what a channel brings, as it comes.",
      isForPeople: true,
      reach: BACKEND,
      load: async () => (await import("./tail.ts")).tail,
    },
  },
};
