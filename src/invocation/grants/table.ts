/** Which command may touch what: one row per command. */

/** The hosts a row may name. `project` is the linked backend, `any` is for running functions. */
export type Host =
  | "platform"
  | "project"
  | "transfer"
  | "templates"
  | "releases"
  | "loopback"
  | "any";

/**
 * The files a row may name: an option's value (`--file`), the command's operands (`operands`), the
 * project's or the global folder, or a path below the project root.
 */
export type File =
  | `-${string}`
  | "operands"
  | "--data @"
  | "deployed folder"
  | "site rules"
  | "functions folder"
  | "env files"
  | "project link"
  | "global files"
  | "update file"
  | "working directory"
  | "program"
  | "executable"
  | "kept input"
  | "download target"
  | `./${string}`;

/** The programs a row may start. */
export type Program = "browser opener" | "this program" | "new executable" | "deno" | "pager";

/** What one command may reach. */
export interface Row {
  readonly hosts?: readonly Host[];
  readonly read?: readonly File[];
  readonly write?: readonly File[];
  readonly run?: readonly Program[];
}

const backend: Row = { hosts: ["project"], read: ["project link"] };
const account: Row = { hosts: ["platform"], read: ["global files"], write: ["global files"] };
const linking: Row = {
  hosts: ["platform", "project"],
  read: ["global files", "project link", "./.gitignore"],
  write: ["global files", "project link", "./.gitignore"],
};
const localControl: Row = {
  hosts: ["loopback"],
  read: ["project link", "./.insforge/local", "--data-dir", "./.gitignore"],
  write: ["project link", "./.insforge/local", "--data-dir", "./.gitignore"],
};

/** Every command that touches anything, by its path. A group's own row serves its commands. */
export const TABLE: Readonly<Record<string, Row>> = {
  login: { ...account, hosts: ["platform", "loopback"], run: ["browser opener"] },
  logout: account,
  whoami: account,
  list: account,
  current: {
    hosts: ["platform"],
    read: ["global files", "project link"],
    write: ["global files"],
  },
  create: {
    hosts: ["platform", "templates"],
    read: [...linking.read!, "working directory"],
    write: [...linking.write!, "working directory"],
  },
  link: linking,
  metadata: backend,
  db: backend,
  "db query": { ...backend, read: ["project link", "--file"] },
  functions: backend,
  "functions deploy": {
    ...backend,
    read: ["project link", "working directory", "--file"],
    run: ["deno"],
  },
  "functions serve": {
    hosts: ["project", "loopback"],
    read: ["project link", "working directory", "--env-file"],
    run: ["this program"],
  },
  "functions new": { write: ["functions folder"] },
  "functions invoke": { ...backend, read: ["project link", "--data @"] },
  "db migrations": { ...backend, read: ["project link", "./migrations"] },
  "db migrations new": { write: ["./migrations"] },
  "db import": {
    ...backend,
    read: ["project link", "operands", "kept input"],
    write: ["kept input"],
  },
  "db shell": {
    ...backend,
    read: ["project link", "global files"],
    write: ["global files"],
  },
  "db types": { ...backend, write: ["-o", "--output"] },
  "db export": { ...backend, write: ["-o", "--output"] },
  logs: backend,
  schedules: backend,
  storage: backend,
  "storage upload": {
    hosts: ["project", "transfer"],
    read: ["project link", "operands", "kept input"],
    write: ["kept input"],
  },
  "storage download": {
    hosts: ["project", "transfer"],
    read: ["project link"],
    write: ["download target"],
  },
  secrets: backend,
  "secrets add": { ...backend, read: ["project link", "--env-file"] },
  "secrets rotate": { ...backend, write: ["project link"] },
  docs: { ...backend, write: ["--man"], run: ["pager"] },
  open: { ...backend, run: ["browser opener"] },
  deployments: backend,
  "deployments open": { ...backend, run: ["browser opener"] },
  "deployments env set": { ...backend, read: ["project link", "--env-file"] },
  "deployments deploy": {
    hosts: ["project", "transfer"],
    read: ["project link", "deployed folder", "site rules", "env files"],
  },
  upgrade: {
    hosts: ["releases"],
    read: ["executable", "update file"],
    write: ["executable", "update file"],
    run: ["new executable"],
  },
  "local start": { ...localControl, run: ["this program"] },
  "local serve": {
    hosts: ["any"],
    read: ["project link", "./.insforge/local", "--data-dir", "program"],
    write: ["./.insforge/local", "--data-dir"],
    run: ["this program"],
  },
  "local status": localControl,
  "local stop": localControl,
  "local reset": { ...localControl, run: ["this program"] },
};

/** The environment variables that the CLI may read; the worker cannot see any other. */
export const VARIABLES: readonly string[] = [
  "INSFORGE_*",
  "CI",
  "NO_COLOR",
  "TERM",
  "SSH_CONNECTION",
  "SSH_TTY",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "PAGER",
  "LESS",
  "TEMP",
  "TMPDIR",
];

/** The row of the longest command path that the operands begin with; an empty one when there is none. */
export function findRow(operands: readonly string[]): { command: string; row: Row } {
  for (const length of [3, 2, 1]) {
    const command = operands.slice(0, length).join(" ");
    const row = operands.length >= length && Object.hasOwn(TABLE, command)
      ? TABLE[command]
      : undefined;
    if (row) return { command, row };
  }
  return { command: "", row: {} };
}
