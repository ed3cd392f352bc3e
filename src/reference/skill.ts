/** What a coding agent has to know of this program, from its own command tree. */
import {
  type AnyCommand,
  type CommandFacts,
  commandsOf,
  factsOf,
} from "../terminal/command_facts.ts";
import { EXIT_CODES, VARIABLES } from "./facts.ts";

/** Writes a SKILL.md of all commands that help shows. */
export function skillText(tree: AnyCommand, version: string): string {
  const commands = shown(tree);
  const groups = commands.slice(1).filter(({ path }) => path.split(" ").length === 2);
  return [
    `---
name: insforge
description: Use the insforge command line (${version}) for the database, auth, storage, functions, secrets, schedules, logs and deployments of an InsForge backend, local or hosted.
---`,
    "# insforge",
    `Written by \`insforge skill\` of version ${version}, from its own commands. ` +
    "`insforge COMMAND --help` says more; `insforge docs instructions` how to begin.",
    "## Rules",
    `- \`--json\` prints one JSON document on stdout, and errors as one line of JSON on stderr
  (\`error\`, \`code\`, \`hint\`). The hint is the command to type next.
- Nothing destructive happens without \`-y\` where nobody can be asked. Ask a person before you give it.
- Without a backend: \`insforge local start\` runs one here and links the directory.
- Schema changes are migrations: \`insforge db migrations new NAME\`, write the SQL, then
  \`insforge db migrations up\`. Afterwards \`insforge db lint\`.
- Risky changes are tried on a copy: \`insforge branch create NAME\`.
- Never print the admin key (\`api_key\` of .insforge/project.json); apps get the anonymous key by
  \`insforge env pull\`.`,
    "## Commands",
    ...groups.map((group) => section(group, commands)),
    "## Exit codes",
    EXIT_CODES.map(([code, meaning]) => `- ${code}: ${meaning}`).join("\n"),
    "## Environment",
    VARIABLES.slice(0, 5).map(([name, meaning]) => `- \`${name}\`: ${meaning}`).join("\n"),
  ].join("\n\n") + "\n";
}

function shown(command: AnyCommand): CommandFacts[] {
  return [factsOf(command), ...commandsOf(command, false).flatMap(shown)];
}

function section({ path, description }: CommandFacts, commands: readonly CommandFacts[]): string {
  const leaves = commands.filter((command) =>
    command.commands.length === 0 && (command.path === path || command.path.startsWith(`${path} `))
  );
  const lines = leaves.map((leaf) => `- \`${leaf.usage}\`: ${leaf.description.split("\n")[0]}`);
  return `### ${path.replace("insforge ", "")}\n\n${description.split("\n")[0]}\n\n${
    lines.join("\n")
  }`;
}
