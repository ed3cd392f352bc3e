/** What all channels say of the program. */
import { RELEASES } from "../../../src/releases/manifest.ts";

export const SUMMARY = "The command line for InsForge, with a whole local backend inside";
export const HOMEPAGE = "https://insforge.dev";
export const LICENSE = "Apache-2.0";

/** Where a file of a release is fetched. */
export function addressOf(version: string, name: string): string {
  return `${RELEASES}/download/v${version}/${name}`;
}
