/**
 * Works out what one invocation may touch. The launcher hands it to the worker as Deno permissions;
 * nothing else decides what the CLI can reach.
 */
import { openerCommand } from "../../commands/account/login/opener.ts";
import { environmentVariable } from "../environment.ts";
import { pathsOf } from "./files.ts";
import { hostsOf } from "./hosts.ts";
import type { Scope } from "./scope.ts";
import { findRow, type Program, type Row, VARIABLES } from "./table.ts";
import type { Invocation } from "../argv.ts";
import { pagerCommand } from "../../terminal/pager.ts";
import type { Session } from "../facts.ts";
import { partialPath } from "../../files/temporary_paths.ts";

/** What the worker of one invocation holds. Paths are absolute, hosts are `name:port`. */
export interface Grants {
  readonly command: string;
  readonly permissions: {
    net: true | string[];
    read: string[];
    write: string[];
    env: string[];
    run: string[];
    sys: false;
    ffi: false;
    import: false;
  };
}

/** Works out the grants of an invocation. Needs the launcher's permissions to read the files. */
export function grantsFor(invocation: Invocation, session: Session): Grants {
  const { command, row } = findRow(invocation.operands);
  const scope: Scope = {
    invocation,
    session,
    operands: invocation.operands.slice(command ? command.split(" ").length : 0),
  };
  const effective = command && row.hosts?.includes("project") ? withPlatformFallback(row) : row;
  const read = effective.read?.flatMap((file) => pathsOf(file, scope, "read")) ?? [];
  const write = effective.write?.flatMap((file) => pathsOf(file, scope, "write")) ?? [];
  return {
    command,
    permissions: {
      net: hostsOf(effective.hosts ?? [], scope),
      read: unique([...read, ...write]),
      write: unique(write),
      env: [...VARIABLES],
      run: effective.run?.flatMap((program) => programsOf(program, session)) ?? [],
      sys: false,
      ffi: false,
      import: false,
    },
  };
}

/** `INSFORGE_PROJECT_ID` is resolved over the platform, with the account's own files. */
function withPlatformFallback(row: Row): Row {
  if (!environmentVariable("INSFORGE_PROJECT_ID")) return row;
  return {
    ...row,
    hosts: [...row.hosts ?? [], "platform"],
    read: [...row.read ?? [], "global files"],
    write: [...row.write ?? [], "global files"],
  };
}

function programsOf(program: Program, session: Session): string[] {
  switch (program) {
    case "this program":
      return [session.self[0]!];
    case "new executable":
      return [partialPath(Deno.realPathSync(Deno.execPath()))];
    case "deno":
      return ["deno"];
    case "pager":
      return pagerCommand(environmentVariable).slice(0, 1);
    case "browser opener":
      return [openerCommand(Deno.build.os)[0]];
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
