/** Builds the Cliffy command tree from the table of commands, loading only what is asked for. */
import { Command } from "@cliffy/command";
import {
  type AnyCommand,
  type CommandFacts,
  factsOf,
  HELP_OPTION,
  VERSION_OPTION,
} from "../terminal/command_facts.ts";
import type { Commands, Leaf } from "./command.ts";
import type { Run } from "./context.ts";
import { helpDocument, type HelpSettings, renderHelp } from "../terminal/help.ts";

/** What a tree is built for. */
export interface TreeSettings extends HelpSettings {
  readonly version: string;
  /** Whether help is a JSON document. */
  readonly json?: boolean;
  /**
   * Leave out the neighbours of the commands on the path: to make them takes longer than to parse.
   */
  readonly pathOnly?: boolean;
}

/**
 * Builds the tree with the commands on the path `words`, their options and actions, and the names
 * and descriptions of their neighbours; `"all"` loads every command, for completions and the
 * reference.
 */
export async function buildTree(
  commands: Commands,
  words: readonly string[] | "all",
  run: Run,
  settings: TreeSettings,
): Promise<AnyCommand> {
  const root: AnyCommand = new Command()
    .name("insforge")
    .version(settings.version)
    .versionOption(...VERSION_OPTION)
    .helpOption(...HELP_OPTION)
    .description("The command line of InsForge, with a whole backend inside.")
    .throwErrors()
    .noExit()
    .help((command: AnyCommand) => helpText(factsOf(command), settings))
    .globalOption("--json", "Print one JSON document, and errors as JSON.")
    .globalOption("-y, --yes", "Answer yes to every question, and never ask for a value.")
    .globalOption("--cwd <folder:string>", "Run as if started in this folder.")
    .globalOption("--project-id <id:string>", "Act on this project instead of the linked one.")
    .globalOption(
      "--env-file <path:string>",
      "Take INSFORGE_ variables, unless they are set, from a file.",
    )
    .globalOption("--api-url <url:string>", "The address of the InsForge platform.")
    .globalOption("--reason <text:string>", "Tell who approves it why.", GUARD)
    .globalOption("--impact <text:string>", "Tell who approves it what is affected.", GUARD)
    .globalOption("--recommendation <text:string>", "Tell who approves it your advice.", GUARD)
    .globalOption("--flag-destructive [why:string]", "Have a person approve it.", GUARD)
    .example("Begin on this machine, without an account", "insforge local start")
    .example("Ask the database", 'insforge db query "SELECT now()"')
    .example("Read how to go on", "insforge docs instructions");
  // Before the commands are added: from then on Cliffy's builder describes the last one.
  root.action(() => root.showHelp());
  await addCommands(root, commands, words, run, settings.pathOnly ?? false);
  return root;
}

function helpText(facts: CommandFacts, settings: TreeSettings): string {
  return settings.json ? JSON.stringify(helpDocument(facts), null, 2) : renderHelp(facts, settings);
}

/** For programs that run under the guard: docs/security.md tells of them. */
const GUARD = { hidden: true };

/** Builds the tree of all commands, to describe them: none of them acts. */
export function buildEveryCommand(commands: Commands, version: string): Promise<AnyCommand> {
  return buildTree(commands, "all", () => async () => {}, { version, coloured: false });
}

async function addCommands(
  parent: AnyCommand,
  commands: Commands,
  words: readonly string[] | "all",
  run: Run,
  pathOnly: boolean,
): Promise<void> {
  const isFound = words !== "all" && words[0] !== undefined && Object.hasOwn(commands, words[0]);
  for (const [name, entry] of Object.entries(commands)) {
    if (pathOnly && isFound && name !== words[0]) continue;
    const isWanted = words === "all" || words[0] === name;
    const rest = words === "all" ? words : words.slice(1);
    const command = isWanted && "load" in entry ? (await entry.load())(run) : new Command();
    command.description(entry.description);
    if (entry.hidden) command.hidden();
    if (entry.heading) command.meta("heading", entry.heading);
    if ("load" in entry) describeEffect(command, entry);
    parent.command(name, command);
    if ("commands" in entry) {
      command.example(...entry.example).action(() => command.showHelp());
      if (isWanted) await addCommands(command, entry.commands, rest, run, pathOnly);
    }
  }
}

/** What the table says of a command, for those who read the tree. */
function describeEffect(command: AnyCommand, { effect, isForPeople }: Leaf): void {
  if (effect) command.meta("effect", effect);
  if (isForPeople) command.meta("people", "yes");
}
