import type { Leaf } from "../../cli/command.ts";
import { BACKEND } from "../../invocation/grants/reach.ts";

/** `insforge docs`. */
export const docs: Leaf = {
  description: `Read the documentation of the linked backend.

Topics are instructions, and db, storage, functions, auth, ai or realtime with a language: \
typescript, swift, kotlin or rest-api.`,
  reach: { ...BACKEND, write: ["--man"], run: ["pager"] },
  load: async () => (await import("./docs.ts")).docs,
};
