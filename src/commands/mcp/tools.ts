/** Tools made of commands: what they are called, what they take, and what they do. */
import { type AnyCommand, commandsOf } from "../../terminal/command_facts.ts";

/** A value that a tool takes, as JSON Schema. */
interface Property {
  readonly type: "string" | "number" | "integer" | "boolean" | "array";
  readonly items?: Property;
  readonly description?: string;
}

/** A tool as the protocol describes it. */
interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: {
    readonly type: "object";
    readonly properties: Record<string, Property>;
    readonly required: string[];
    readonly additionalProperties: false;
  };
  readonly annotations: {
    readonly title: string;
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly openWorldHint: boolean;
  };
}

export interface Tool {
  readonly definition: ToolDefinition;
  /** The words of the command. */
  readonly words: readonly string[];
  /** Its operands by their order. */
  readonly operands: readonly string[];
  /** The flag of each option. */
  readonly flags: ReadonlyMap<string, string>;
}

/** The property that stands for `-y`. */
const YES = "yes";

/** What a person is told who has to approve it, where the project's guard is on. */
const BRIEF = {
  reason: "Why, for who approves it.",
  impact: "What is affected, for who approves it.",
  recommendation: "Your advice to who approves it.",
};

/** Tools of all commands that need no person and are shown. */
export function toolsOf(root: AnyCommand): Tool[] {
  return leavesOf(root, []).map(({ command, words }) => toolOf(command, words));
}

function leavesOf(
  command: AnyCommand,
  words: readonly string[],
): { command: AnyCommand; words: readonly string[] }[] {
  const below = commandsOf(command, false);
  if (below.length === 0) {
    return command.getMeta("people") === undefined ? [{ command, words }] : [];
  }
  return below.flatMap((sub) => leavesOf(sub, [...words, sub.getName()]));
}

function toolOf(command: AnyCommand, words: readonly string[]): Tool {
  const properties: Record<string, Property> = {};
  const required: string[] = [];
  const flags = new Map<string, string>();
  const operands = command.getArguments().map(({ name, type, optional, variadic }) => {
    const one = propertyOf(type);
    properties[name] = variadic ? { type: "array", items: one } : one;
    if (!optional) required.push(name);
    return name;
  });
  for (const option of command.getOptions(false)) {
    const { name, description, args, collect } = option;
    if (option.global || name === "help" || name === "version") continue;
    const [value] = args;
    const one: Property = value ? propertyOf(value.type) : { type: "boolean" };
    // An operand may have the name of an option.
    const key = Object.hasOwn(properties, name) ? `--${name}` : name;
    properties[key] = collect
      ? { type: "array", items: one, description }
      : { ...one, description };
    if (option.required) required.push(key);
    flags.set(key, option.flags.find((flag: string) => flag.startsWith("--"))!);
  }
  const effect = command.getMeta("effect");
  if (effect !== undefined) {
    properties[YES] = {
      type: "boolean",
      description: "Confirm what the command would ask a person for: ask one before.",
    };
    flags.set(YES, "--yes");
    for (const [name, description] of Object.entries(BRIEF)) {
      if (Object.hasOwn(properties, name)) continue;
      properties[name] = { type: "string", description };
      flags.set(name, `--${name}`);
    }
  }
  const title = `insforge ${words.join(" ")}`;
  return {
    words,
    operands,
    flags,
    definition: {
      name: words.join("_"),
      description: `${command.getDescription()} The same as the command \`${title}\`.`,
      inputSchema: { type: "object", properties, required, additionalProperties: false },
      annotations: {
        title,
        readOnlyHint: effect === undefined,
        destructiveHint: effect === "destroys",
        openWorldHint: true,
      },
    },
  };
}

/** Types of the project's own, such as one of several words, are text. */
function propertyOf(type: string): Property {
  return type === "integer" || type === "number" || type === "boolean"
    ? { type }
    : { type: "string" };
}
