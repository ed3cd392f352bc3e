import events, { addAbortListener } from "node:events";

/**
 * Packages of the older kind in the bundle ask for Node's modules with `require`, which a bundle of
 * ES modules does not have. To be imported before them.
 */
const { getBuiltinModule } = (globalThis as unknown as {
  process: { getBuiltinModule(name: string): unknown };
}).process;

(globalThis as { require?: unknown }).require = getBuiltinModule;

// Deno has it for imports alone.
Object.assign(events, { addAbortListener });
