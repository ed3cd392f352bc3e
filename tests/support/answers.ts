import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { assert } from "@std/assert";
import { answerSchema } from "../../src/reference/answers/mod.ts";

const validator = new AjvJsonSchemaValidator();

/** Holds what `insforge COMMAND --json` printed against the schema of its answer. */
export function requireAnswer(command: string, answer: unknown): void {
  const schema = answerSchema(command);
  assert(schema, `${command} has no schema`);
  const { valid, errorMessage } = validator.getValidator(schema)(answer);
  assert(valid, `${command}: ${errorMessage}: ${JSON.stringify(answer)}`);
}

/** Commands whose answers a test of their own holds against the schema: its file. */
export const HELD_BY_TESTS: Readonly<Record<string, string>> = {
  "orgs create": "tests/commands/orgs.test.ts",
  "orgs update": "tests/commands/orgs.test.ts",
  "orgs leave": "tests/commands/orgs.test.ts",
  "orgs delete": "tests/commands/orgs.test.ts",
  "orgs members invite": "tests/commands/orgs.test.ts",
  "orgs members role": "tests/commands/orgs.test.ts",
  "orgs members remove": "tests/commands/orgs.test.ts",
  "billing upgrade": "tests/commands/orgs.test.ts",
  "billing manage": "tests/commands/orgs.test.ts",
  "projects update": "tests/commands/projects/managed.test.ts",
  "projects restore": "tests/commands/projects/managed.test.ts",
  "projects update-version": "tests/commands/projects/managed.test.ts",
  "projects upgrade-instance": "tests/commands/projects/managed.test.ts",
  "projects transfer": "tests/commands/projects/managed.test.ts",
  "projects delete": "tests/commands/projects/managed.test.ts",
  "feedback": "tests/commands/feedback.test.ts",
  "payments stripe config set": "tests/commands/payments.test.ts",
  "payments stripe config remove": "tests/commands/payments.test.ts",
  "payments stripe sync": "tests/commands/payments.test.ts",
  "payments stripe webhooks configure": "tests/commands/payments.test.ts",
  "payments stripe products get": "tests/commands/payments.test.ts",
  "payments stripe products create": "tests/commands/payments.test.ts",
  "payments stripe products update": "tests/commands/payments.test.ts",
  "payments stripe products delete": "tests/commands/payments.test.ts",
  "payments stripe prices get": "tests/commands/payments.test.ts",
  "payments stripe prices create": "tests/commands/payments.test.ts",
  "payments stripe prices update": "tests/commands/payments.test.ts",
  "payments stripe prices archive": "tests/commands/payments.test.ts",
  "local serve": "tests/e2e/local_serve.test.ts",
  "local run": "tests/e2e/local_run.test.ts",
  "mcp": "tests/e2e/mcp.test.ts",
  "functions test": "tests/e2e/functions_new.test.ts",
  "functions serve": "tests/e2e/functions_serve.test.ts",
  "realtime tail": "tests/e2e/realtime.test.ts",
  "upgrade": "tests/e2e/upgrade.test.ts",
  "deployments slug": "tests/commands/deployments/slug.test.ts",
  "advisor scan": "tests/commands/advisor.test.ts",
  "advisor suppress": "tests/commands/advisor.test.ts",
  "advisor suppressions": "tests/commands/advisor.test.ts",
  "advisor unsuppress": "tests/commands/advisor.test.ts",
  "domains attach": "tests/commands/domains.test.ts",
  "domains verify": "tests/commands/domains.test.ts",
  "domains remove": "tests/commands/domains.test.ts",
};

/**
 * Lines in one folder, in an order in which each finds what it names; `$backup` is
 * from an answer before, `$port` one that nobody has.
 */
export const LINES_OF_A_FOLDER: readonly (readonly [command: string, ...operands: string[]])[] = [
  ["local status"],
  ["local start", "--port", "$port"],
  ["local status"],
  ["open", "api"],
  ["db connection-string"],
  ["ci init", "github"],
  ["functions new", "hello"],
  ["db diff"],
  ["db migrations new", "add-notes"],
  ["local mail list"],
  ["local mail show"],
  ["local mail open"],
  ["local copy", "copied"],
  ["local snapshot", "first"],
  ["local snapshots list"],
  ["local restore", "first", "-y"],
  ["local snapshots delete", "first", "-y"],
  ["backups latest"],
  ["backups create", "--name", "first", "--wait"],
  ["backups list"],
  ["backups latest"],
  ["backups rename", "$backup", "second"],
  ["backups restore", "$backup", "-y"],
  ["backups delete", "$backup", "-y"],
  ["branch create", "feat", "--no-switch"],
  ["branch list"],
  ["branch switch", "feat"],
  ["branch switch", "--parent"],
  ["branch merge", "feat", "--dry-run"],
  ["branch reset", "feat", "-y"],
  ["branch delete", "feat", "-y"],
  ["local reset", "-y"],
  ["local stop"],
  ["logout"],
  ["skill"],
  ["schema", "db", "tables"],
  ["schema"],
  ["completions", "bash"],
];
