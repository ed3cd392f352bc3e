/**
 * Hides the objects of the runtime from the function beside it. The runtime calls methods that a
 * function can replace, and hands them its own objects: Node's `process` to `emit` of an emitter,
 * with each warning; what does all of Deno's work to `call` of a function, with each read.
 */
import { define } from "./code_from_strings.ts";

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
  for (const name of OF_FUNCTIONS) hold(name);
}

/** Has all functions keep a method; one that is given another of that name has it for itself. */
function hold(name: typeof OF_FUNCTIONS[number]): void {
  const { [name]: value } = Function.prototype;
  const { defineProperty } = Object;
  // By this, packages that look for what is built in tell such a getter from others.
  const get = Object.assign(() => value, { originalValue: value });
  const set = function (this: unknown, own: unknown) {
    if (this === Function.prototype) return;
    const property = { value: own, writable: true, enumerable: true, configurable: true };
    defineProperty(this, name, property);
  };
  defineProperty(Function.prototype, name, { get, set, configurable: false });
}
