/** What `--json` prints, by command: one schema each, held against real answers by a test. */
import { account } from "./account.ts";
import { database } from "./database.ts";
import type { JsonSchema } from "./json_schema.ts";
import { local } from "./local.ts";
import { organizations } from "./organizations.ts";
import { payments } from "./payments.ts";
import { program } from "./program.ts";
import { project } from "./project.ts";
import { services } from "./services.ts";

export const ANSWERS: Readonly<Record<string, JsonSchema>> = {
  ...account,
  ...organizations,
  ...database,
  ...services,
  ...payments,
  ...project,
  ...local,
  ...program,
};

/** The schema of a command's answer as a document of its own. */
export function answerSchema(command: string): JsonSchema | undefined {
  if (!Object.hasOwn(ANSWERS, command)) return undefined;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `insforge ${command} --json`,
    ...ANSWERS[command],
  };
}
