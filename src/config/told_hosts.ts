/** Hosts that a repository chose and its users were told of: `~/.insforge/hosts.json`. */
import { writeFileAtomicallySync } from "../files/atomic.ts";
import { readJsonFileSync } from "../files/json_file.ts";
import { isTracked } from "./git_index.ts";
import { hostsFile, projectFile } from "./paths.ts";

/**
 * The host of a link that came with its repository, unless the user was told of it before. Needs
 * the launcher's permissions; never fails.
 */
export function untoldHost(
  root: string,
  address: string | undefined,
  globalFolder: string | undefined,
): string | undefined {
  const host = address === undefined ? undefined : URL.parse(address)?.host;
  if (!host || (globalFolder && told(globalFolder).includes(host))) return undefined;
  return isTracked(projectFile(root)) ? host : undefined;
}

/** Keeps that the user was told; what cannot be kept is told again. */
export function rememberHost(globalFolder: string, host: string, token: string): void {
  try {
    const text = JSON.stringify({ told: [...told(globalFolder), host] }, null, 2);
    writeFileAtomicallySync(hostsFile(globalFolder), text, token);
  } catch {
    // There is no home, or no room.
  }
}

function told(globalFolder: string): string[] {
  try {
    const { told } = readJsonFileSync(hostsFile(globalFolder)) ?? {};
    return Array.isArray(told) ? told.filter((host) => typeof host === "string") : [];
  } catch {
    return [];
  }
}
