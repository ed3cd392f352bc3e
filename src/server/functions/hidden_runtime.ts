/**
 * Hides the objects of the runtime from the function beside it. The runtime calls methods that a
 * function can replace, and hands them its own objects: Node's `process` to `emit` of an emitter,
 * with each warning; what does all of Deno's work to `call` of a function, with each read.
 */
import { define, hold } from "./code_from_strings.ts";

/** What a process of Node's has that leads to modules, files and other processes. */
const OF_PROCESS = [
  "_eval",
  "_kill",
  "abort",
  "binding",
  "dlopen",
  "emit",
  "exit",
  "getBuiltinModule",
  "kill",
  "loadEnvFile",
  "reallyExit",
];
const OF_FUNCTIONS = ["apply", "bind", "call"] as const;

/** To be called before a function's code runs, by who keeps what they need themselves. */
export function hideRuntime(): void {
  const { process } = globalThis as unknown as { process: object };
  for (const name of OF_PROCESS) define(process, name, () => {});
  const { prototype } = Function;
  for (const name of OF_FUNCTIONS) hold(prototype, name, prototype[name]);
}
