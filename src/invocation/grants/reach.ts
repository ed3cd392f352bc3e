/** The words in which a command's declaration says what it may reach. */

/**
 * The hosts that can be named. `project` is the linked backend, `packages` the
 * registries of npm's configuration and the hosts that Deno imports from, `any` is for running
 * functions.
 */
export type Host =
  | "platform"
  | "project"
  | "transfer"
  | "templates"
  | "releases"
  | "feedback"
  | "loopback"
  | "packages"
  | "any";

/**
 * The files that can be named: an option's value (`--file`), the command's operands (`operands`),
 * the project's or the global folder, or a path below the project root.
 */
export type File =
  | `-${string}`
  | "operands"
  | "--data @"
  | "deployed folder"
  | "site rules"
  | "functions folder"
  | "function sources"
  | "function lock"
  | "npm configuration"
  | "package cache"
  | "env files"
  | "app manifest"
  | "app variables"
  | "project link"
  | "global files"
  | "told hosts"
  | "guard audit"
  | "update file"
  | "working directory"
  | "program"
  | "executable"
  | "kept input"
  | "scratch folder"
  | "download target"
  | `./${string}`;

/** The programs that can be named. */
export type Program =
  | "browser opener"
  | "this program"
  | "typed command"
  | "PostgreSQL"
  | "new executable"
  | "deno"
  | "pager"
  | "name lister";

/** What one command may reach; what is absent is nothing. */
export interface Reach {
  readonly hosts?: readonly Host[];
  readonly read?: readonly File[];
  /** Also readable. */
  readonly write?: readonly File[];
  readonly run?: readonly Program[];
  /**
   * Waits for nobody and sends its requests one after another, so that one connection will do,
   * which is opened before it starts.
   */
  readonly isBrief?: true;
}

/** What nearly every command takes: the linked backend. */
export const BACKEND: Reach = { hosts: ["project"] };

/** The same for a command that asks a few things of it and is done. */
export const BRIEF: Reach = { ...BACKEND, isBrief: true };

/** What a command takes that acts on the account: the platform, and the login. */
export const ACCOUNT: Reach = {
  hosts: ["platform"],
  read: ["global files"],
  write: ["global files"],
};
