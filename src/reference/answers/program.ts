/** Answers of the commands about this program itself. */
import { flag, type JsonSchema, object, text } from "./json_schema.ts";

export const program: Readonly<Record<string, JsonSchema>> = {
  "skill": object({}, { text, success: flag, path: text }),
  "schema": { description: "A JSON Schema, or the names of the commands that have one." },
  "completions": object({ shell: text, script: text }),
  "upgrade": object({ latest: text, available: flag, upgraded: flag }, {
    current: text,
    path: text,
  }),
};
