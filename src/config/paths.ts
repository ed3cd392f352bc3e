/** Where the program's files live. The names are those of InsForge's own CLI, so both can share. */
import { dirname, join } from "@std/path";

/** The project's folder below a project root. */
export function projectFolder(root: string): string {
  return join(root, ".insforge");
}

/** The file that links a directory to a backend. */
export function projectFile(root: string): string {
  return join(projectFolder(root), "project.json");
}

/** The link that a local backend displaced, kept until it is restored. */
export function displacedProjectFile(root: string): string {
  return join(projectFolder(root), "project.cloud.json");
}

/** The local backend's data, unless another directory is named. */
export function localDataFolder(root: string): string {
  return join(projectFolder(root), "local");
}

/** The data of a backend that is gone with its server. */
export function ephemeralDataFolder(root: string): string {
  return join(projectFolder(root), "ephemeral");
}

/** Where snapshots of the local backend are kept, a folder each. */
export function snapshotsFolder(root: string): string {
  return join(projectFolder(root), "snapshots");
}

/** Where branches of the local backend are kept, a folder each. */
export function branchesFolder(root: string): string {
  return join(projectFolder(root), "branches");
}

/** The link of the parent while a directory is switched to a branch. */
export function parentProjectFile(root: string): string {
  return join(projectFolder(root), "project.parent.json");
}

/** Where functions lie below a folder: one folder each. */
export function functionsFolder(folder: string): string {
  return join(folder, "insforge", "functions");
}

/** The account's tokens, below the global folder. */
export function credentialsFile(globalFolder: string): string {
  return join(globalFolder, "credentials.json");
}

/** The account's settings, below the global folder. */
export function configFile(globalFolder: string): string {
  return join(globalFolder, "config.json");
}

/** A device login that was begun, below the global folder. */
export function pendingDeviceFile(globalFolder: string): string {
  return join(globalFolder, "pending-device.json");
}

/** The hosts that a repository chose and the user was told of, below the global folder. */
export function hostsFile(globalFolder: string): string {
  return join(globalFolder, "hosts.json");
}

/** What became of commands that wait for a person's approval, below the global folder. */
export function guardAuditFile(globalFolder: string): string {
  return join(globalFolder, "guard-audit.jsonl");
}

/** What is known of newer versions, below the global folder. */
export function updateFile(globalFolder: string): string {
  return join(globalFolder, "update.json");
}

/** What a package puts beside its executable to say that it owns it; the npm package does. */
export function ownerFile(executable: string): string {
  return join(dirname(executable), "insforge.owner.json");
}
