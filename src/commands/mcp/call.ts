/** A call of a tool: the command runs as an invocation of its own, with its own grants. */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { Context } from "../../cli/context.ts";
import { readAtMost } from "../../core/bounded_body.ts";
import { reason } from "../../files/reason.ts";
import type { Tool } from "./tools.ts";

/** What a client asks for. */
export interface Call {
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** Bytes of what a command says. */
const MOST_BYTES = 64 * 1024 ** 2;

/** What the server was told of its project goes on to each command. */
const PASSED_ON = ["--project-id", "--api-url"];

/** Runs a tool's command; what goes wrong is an answer that says so. */
export async function callTool(
  { launch }: Context,
  tool: Tool | undefined,
  { name, arguments: values = {} }: Call,
  signal: AbortSignal,
): Promise<CallToolResult> {
  if (!tool) return failure(`There is no tool ${name}.`);
  const args = argumentsOf(tool, values);
  if (typeof args === "string") return failure(args);
  const shared = PASSED_ON.flatMap((option) =>
    (launch.invocation.values.get(option) ?? []).map((value) => `${option}=${value}`)
  );
  const [program, ...self] = launch.self;
  try {
    const child = new Deno.Command(program!, {
      args: [...self, ...tool.words, "--json", ...shared, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal,
    }).spawn();
    // One whose output is read no further ends.
    const read = (output: ReadableStream) => readAtMost(new Response(output), MOST_BYTES);
    const [stdout, stderr, { code }] = await Promise.all([
      read(child.stdout),
      read(child.stderr),
      child.status,
    ]);
    if (!stdout || !stderr) {
      const most = `${MOST_BYTES / 1024 ** 2} MiB`;
      return failure(`${name} said more than ${most}: have it write a file, or ask for less.`);
    }
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    // Notes and warnings are on standard error, and errors, one line of JSON each.
    const parts = [text(stdout), text(stderr)].filter((part) => part !== "");
    return { content: parts.map((part) => ({ type: "text", text: part })), isError: code !== 0 };
  } catch (error) {
    return failure(`${name} could not be run: ${reason(error)}.`);
  }
}

/** The arguments behind the words, or what is wrong with what was given. */
function argumentsOf(
  { definition, operands, flags }: Tool,
  given: Readonly<Record<string, unknown>>,
): string[] | string {
  const { properties, required } = definition.inputSchema;
  const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const unknown = Object.keys(values).filter((key) => !Object.hasOwn(properties, key));
  if (unknown.length > 0) return `${definition.name} does not take: ${unknown.join(", ")}.`;
  const missing = required.filter((key) => values[key] === undefined);
  if (missing.length > 0) return `${definition.name} needs: ${missing.join(", ")}.`;
  // What is no yes must not count as one: `"false"` would confirm.
  const unclear = Object.keys(values).find((key) =>
    properties[key]!.type === "boolean" && typeof values[key] !== "boolean"
  );
  if (unclear !== undefined) return `${definition.name} takes true or false for ${unclear}.`;
  const options = [...flags].flatMap(([key, flag]) => {
    const value = values[key];
    if (value === undefined || value === false) return [];
    if (properties[key]!.type === "boolean") return [flag];
    return listOf(value).map((one) => `${flag}=${textOf(one)}`);
  });
  const last = operands.findLastIndex((key) => values[key] !== undefined);
  const gap = operands.slice(0, Math.max(last, 0)).find((key) => values[key] === undefined);
  if (gap !== undefined) return `${definition.name} needs ${gap} before ${operands[last]}.`;
  const words = operands.slice(0, last + 1).flatMap((key) => listOf(values[key]).map(textOf));
  return words.length > 0 ? [...options, "--", ...words] : options;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** JSON is often given as such where the command takes its text. */
function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function failure(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true };
}
