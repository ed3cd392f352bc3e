/** Answers of the commands about this program itself. */
import { anything, flag, type JsonSchema, object, text } from "./json_schema.ts";

export const program: Readonly<Record<string, JsonSchema>> = {
  "mcp": {
    ...object({ jsonrpc: { const: "2.0" } }, { id: anything, result: anything, error: anything }),
    description: "A line of the Model Context Protocol; what a tool answers is in its result.",
  },
  "skill": object({}, { text, success: flag, path: text }),
  "schema": { description: "A JSON Schema, or the names of the commands that have one." },
  "completions": object({ shell: text, script: text }),
  "upgrade": object({ latest: text, available: flag, upgraded: flag }, {
    current: text,
    path: text,
  }),
};
