import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { commands } from "../../src/commands/mod.ts";
import type { Run } from "../../src/cli/context.ts";
import { UsageError } from "../../src/core/errors.ts";
import { grantsFor } from "../../src/invocation/grants/mod.ts";
import { protectOperands, readInvocation, restoreOperand } from "../../src/invocation/argv.ts";
import { VALUE_OPTIONS } from "../../src/invocation/value_options.ts";
import type { Commands } from "../../src/cli/command.ts";
import { buildTree } from "../../src/cli/command_tree.ts";
import type { AnyCommand } from "../../src/terminal/command_facts.ts";
import { usageErrorOf } from "../../src/cli/usage_error.ts";
import { anyText, argumentText, fc, holds, numberText } from "../support/arbitraries.ts";
import { insforge } from "../support/executable.ts";
import { launchIn } from "../support/launch.ts";
import { withFolder } from "../support/temporary.ts";
import { assertOrderly } from "../support/verdict.ts";

/** What an action was called with. */
interface Call {
  readonly options: Record<string, unknown>;
  readonly operands: readonly unknown[];
}

/** Parses a command line as the program does; actions are only recorded. */
async function parse(args: readonly string[]): Promise<Call | UsageError | undefined> {
  let call: Call | undefined;
  const run: Run = () => (options, ...operands) => {
    call = { options: options as Record<string, unknown>, operands };
    return Promise.resolve();
  };
  const invocation = readInvocation(args, commands);
  const settings = { version: "0", coloured: false, pathOnly: true };
  const tree = await buildTree(commands, invocation.command, run, settings);
  const { log } = console;
  console.log = () => {};
  try {
    await tree.parse(protectOperands(args));
    return call;
  } catch (error) {
    if (!(error instanceof Error) || !("exitCode" in error)) throw error;
    return usageErrorOf(error, invocation, tree);
  } finally {
    console.log = log;
  }
}

function pathsOf(table: Commands, path: readonly string[] = []): string[][] {
  return Object.entries(table).flatMap(([name, entry]) =>
    "commands" in entry ? pathsOf(entry.commands, [...path, name]) : [[...path, name]]
  );
}

/** An address at which nobody listens: no command line reaches a server, or gets a login. */
const NOBODY = "http://127.0.0.1:1";

const PATHS = pathsOf(commands).filter(([first]) => first !== "completions" && first !== "grants");
const path = fc.constantFrom(...PATHS);

/** The leaf of a path, with its options. */
async function leafOf(words: readonly string[]): Promise<AnyCommand> {
  const run: Run = () => () => Promise.resolve();
  let command = await buildTree(commands, words, run, { version: "0", coloured: false });
  for (const word of words) command = command.getCommand(word, true) as AnyCommand;
  return command;
}

const OPTIONS: string[] = [];
/** The options whose values grants hang on. */
const GRANTED = new Set<string>(PATHS.flatMap((words) => {
  const { read = [], write = [] } = readInvocation(words, commands).reach;
  return [...read, ...write].filter((file) => file.startsWith("-"));
}));

/** Without those that are a flag of another command: no grant hangs on them. */
const TEXT_OPTIONS: { words: string[]; flag: string; name: string; operands: number }[] = [];
for (const words of PATHS) {
  const leaf = await leafOf(words);
  const needed = leaf.getArguments().filter((it: { optional?: boolean }) => !it.optional).length;
  const required = leaf.getBaseOptions(true).some((it: { required?: boolean }) => it.required);
  for (const { flags, name, args } of leaf.getBaseOptions(true)) {
    OPTIONS.push(...flags);
    if (required || args[0]?.type !== "string" || args[0]?.list) continue;
    for (const flag of flags) {
      if (VALUE_OPTIONS.has(flag)) TEXT_OPTIONS.push({ words, flag, name, operands: needed });
      else assert(!GRANTED.has(flag), `${flag} grants a file, and is a flag elsewhere`);
    }
  }
}

const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

const word = fc.oneof(
  argumentText,
  numberText,
  fc.constantFrom(...OPTIONS, "--", "-", "--json", "-y", "-yy", "-h5", "--help=1", "-oy"),
  fc.tuple(fc.constantFrom(...OPTIONS), argumentText).map(([name, value]) => `${name}=${value}`),
);

/** Whether a path leads to what InsForge's own CLI has alone. */
function isElsewhere([first = "", ...rest]: readonly string[], among = commands): boolean {
  const entry = among[first];
  if (!entry) return false;
  return "commands" in entry
    ? isElsewhere(rest, entry.commands)
    : entry.description.startsWith("Not here: ");
}

describe("command lines", () => {
  it("of any words parse, or end in a usage error", () =>
    holds([path, fc.array(word, { maxLength: 6 })], 60, async (words, rest) => {
      const outcome = await parse([...words, ...rest]);
      if (outcome instanceof UsageError) {
        assert(outcome.message.trim() !== "");
        assert(!outcome.message.includes("\0"), outcome.message);
      }
    }, [[["db", "query"], [""]], [["db", "tables"], ["--limit="]]]));

  it("without a command's name parse, or end in a usage error", () =>
    holds([fc.array(word, { maxLength: 4 })], 40, async (words) => {
      const outcome = await parse(words);
      if (outcome instanceof UsageError) assert(!outcome.message.includes("\0"), outcome.message);
    }, [[["__proto__"]], [["constructor", "x"]], [["db", "toString"]], [["", "x"]]]));

  it("bring operands behind -- to the action as they are", () =>
    holds([argumentText], 40, async (value) => {
      const call = await parse(["db", "query", "--", value]);
      assert(call && !(call instanceof UsageError), String(call));
      assertEquals(restoreOperand(call.operands[0]), value);
    }));

  it("bring the values of options to the action as they are, and the launcher sees the same", () =>
    holds(
      [fc.constantFrom(...TEXT_OPTIONS), argumentText, fc.boolean()],
      80,
      async ({ words, flag, name, operands }, value, joined) => {
        // Behind a blank a dash begins another option, as everywhere.
        const separate = !joined && !value.startsWith("-");
        const given = separate ? [flag, value] : [`${flag}=${value}`];
        const line = [...words, ...given, ...Array(operands).fill("x")];
        const call = await parse(line);
        assert(call && !(call instanceof UsageError), `${call} for ${JSON.stringify(line)}`);
        const received = restoreOperand(call.options[camelCase(name)]);
        assertEquals([received].flat(), [value]);
        assertEquals(readInvocation(line, commands).values.get(flag), [value]);
      },
    ));

  it("are read by the launcher as by the parser", () =>
    holds([path, fc.array(word, { maxLength: 4 })], 60, async (words, rest) => {
      // Refused whatever follows, which nobody reads.
      if (isElsewhere(words)) return;
      const line = [...words, ...rest];
      const call = await parse(line);
      if (!call || call instanceof UsageError) return;
      const { operands, flags } = readInvocation(line, commands);
      const given = call.operands.flat().filter((operand) => operand !== undefined);
      assertEquals(given.map(restoreOperand).map(String), operands);
      assertEquals(call.options.json === true, flags.has("--json"));
    }));

  it("of any words get grants, for a known command or for nothing", () =>
    holds([fc.array(fc.oneof(word, anyText), { maxLength: 4 })], 60, (words) => {
      const { command, permissions } = grantsFor(launchIn("/w", words));
      if (command === "") assertEquals(permissions.read.length + permissions.write.length, 0);
    }, [[["__proto__"]], [["constructor"]]]));

  it("of any words end the executable in order, and change nothing on disk", () =>
    withFolder((home) =>
      withFolder((folder) =>
        holds([path, fc.array(word, { maxLength: 4 })], 20, async (words, rest) => {
          // These wait for input, or make things, as they should.
          if (rest.includes("-")) return;
          if (["start", "serve", "new", "reset", "init", "run"].includes(words.at(-1)!)) return;
          const args = [...words, ...rest];
          const env = {
            HOME: home,
            INSFORGE_API_URL: NOBODY,
            INSFORGE_DOWNLOAD_URL: NOBODY,
            INSFORGE_EMAIL: "a@b.example",
            INSFORGE_PASSWORD: "never-taken",
          };
          assertOrderly(await insforge(args, { cwd: folder, env }), args);
          const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
          assertEquals(left, [], `written by ${JSON.stringify(args)}`);
          const login = await Deno.stat(`${home}/.insforge/credentials.json`).catch(() =>
            undefined
          );
          assertEquals(login, undefined, `stored by ${JSON.stringify(args)}`);
        }, [
          [["login"], []],
          [["login"], ["--email"]],
          [["login"], ["--device", "-y"]],
          [["login"], ["--user-api-key=uak_nobody"]],
          [["upgrade"], []],
          [["upgrade"], ["--check", "--json"]],
        ])
      )
    ));
});
