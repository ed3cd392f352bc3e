/**
 * Commands of InsForge's own CLI that this program does not have: typed here they are refused, with
 * the command line that does it.
 */
import type { Commands, Leaf } from "../../cli/command.ts";

/** By the words that are typed: what it is about. */
const ELSEWHERE = {
  compute: "containers beside the backend",
  posthog: "PostHog's analytics",
  webscraper: "web scraping over Apify",
} as const;

export const elsewhere: Commands = Object.fromEntries(
  Object.entries(ELSEWHERE).map(([name, about]) => [name, notHere(name, about)]),
);

/** What is typed as `insforge NAME …` and refused, with the command line that does it. */
export function notHere(name: string, about: string): Leaf {
  return {
    description: `Not here: ${about} (InsForge's own CLI).`,
    hidden: true,
    load: async () => (await import("./refuse.ts")).refuse(name, about),
  };
}
