/**
 * Commands of InsForge's own CLI that this program does not have: typed here they are refused, with
 * the command line that does it.
 */
import type { Commands, Leaf } from "../../cli/command.ts";

/** By the words that are typed: what it is about. */
const ELSEWHERE = {
  projects: "Projects of the platform beyond create, link and list",
  orgs: "Organizations of the platform",
  billing: "Plans and invoices of the platform",
  usage: "Consumption that the platform measures",
  feedback: "Reports to InsForge",
  compute: "Containers beside the backend",
  posthog: "PostHog's analytics",
  webscraper: "Web scraping over Apify",
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
