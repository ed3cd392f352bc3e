/** What the launcher would know of an invocation, without a process. */
import { commands } from "../../src/commands/mod.ts";
import { findProject } from "../../src/config/project.ts";
import { randomToken } from "../../src/files/atomic.ts";
import { readInvocation } from "../../src/invocation/argv.ts";
import { searchProject } from "../../src/config/search.ts";
import type { LaunchFacts } from "../../src/invocation/launch_facts.ts";

/** The facts of a command line that is typed in a folder; `more` takes the place of some. */
export function launchIn(
  cwd: string,
  args: readonly string[] = [],
  more: Partial<LaunchFacts> = {},
): LaunchFacts {
  const projectRoot = searchProject(cwd).root ?? cwd;
  return {
    invocation: readInvocation(args, commands),
    version: "0.0.0-test",
    startedAt: performance.timeOrigin,
    cwd,
    projectRoot,
    project: findProject(projectRoot),
    token: randomToken(),
    self: ["/usr/bin/insforge"],
    ...more,
  };
}
