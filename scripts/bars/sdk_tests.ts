/**
 * Runs the integration tests of InsForge's own SDK, unmodified, against a new local backend:
 * `./scripts/deno run --allow-all scripts/bars/sdk_tests.ts FOLDER`, where the folder is a checkout
 * of InsForge/InsForge-sdk-js. Prints counts by file, what failed, and what the tests themselves
 * say that they left out; ends with 1 when one failed or was skipped.
 *
 * What they ask for is set up as their sources say: a confirmed account, confirmation of new
 * addresses, a table, a bucket, a function, and channels that anybody may subscribe to.
 */
import { join } from "@std/path";
import { LocalBackend } from "./local_backend.ts";
import { install, node } from "./npm.ts";

const EMAIL = "integration@example.com";
const PASSWORD = "Correct-horse-1";
const TABLE = `CREATE TABLE sdk_test (id serial PRIMARY KEY, name text NOT NULL, value text,
  score integer DEFAULT 0, created_at timestamptz DEFAULT now())`;
const CHANNELS = `INSERT INTO realtime.channels (pattern, enabled) VALUES ('%', true)`;
const FUNCTION = `export default async (request: Request) =>
  Response.json({ method: request.method, body: await request.text() });`;

interface Report {
  testResults: {
    name: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

const [checkout] = Deno.args;
if (!checkout) {
  console.error("Name the folder of a checkout of InsForge/InsForge-sdk-js.");
  Deno.exit(2);
}
await install(checkout);
Deno.exit(await runTests(checkout) ? 0 : 1);

async function runTests(checkout: string): Promise<boolean> {
  await using backend = await LocalBackend.start();
  await setUp(backend);
  const report = join(backend.folder, "report.json");
  const args = ["vitest", "run", "--config", "vitest.integration.config.ts"];
  const { stdout, stderr } = await node("npx", [
    ...args,
    "--reporter=json",
    "--reporter=basic",
    `--outputFile.json=${report}`,
  ], {
    cwd: checkout,
    stdin: "null",
    env: {
      INSFORGE_INTEGRATION_BASE_URL: backend.url,
      INSFORGE_INTEGRATION_ANON_KEY: backend.anonKey,
      INSFORGE_INTEGRATION_TEST_EMAIL: EMAIL,
      INSFORGE_INTEGRATION_TEST_PASSWORD: PASSWORD,
    },
  });
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const passed = print(JSON.parse(await Deno.readTextFile(report)));
  for (const line of leftOut(said)) console.log(`left out: ${line}`);
  return passed;
}

async function setUp(backend: LocalBackend): Promise<void> {
  await backend.insforge("auth", "users", "create", EMAIL, PASSWORD);
  await backend.insforge("auth", "config", "requireEmailVerification=true");
  await backend.insforge("db", "query", TABLE);
  await backend.insforge("db", "query", CHANNELS);
  await backend.insforge("storage", "create-bucket", "public");
  const source = join(backend.folder, "hello.ts");
  await Deno.writeTextFile(source, FUNCTION);
  await backend.insforge("functions", "deploy", "hello-world", "--file", source, "--no-check");
}

function print({ testResults }: Report): boolean {
  let [total, passed] = [0, 0];
  for (const { name, message, assertionResults } of testResults) {
    const done = assertionResults.filter(({ status }) => status === "passed").length;
    console.log(`${name.split("/").at(-1)}: ${done} of ${assertionResults.length}`);
    if (message) console.log(`  ${message}`);
    for (const { status, fullName, failureMessages } of assertionResults) {
      if (status !== "passed") console.log(`  ${status}: ${fullName} ${failureMessages[0] ?? ""}`);
    }
    total += assertionResults.length;
    passed += done;
  }
  console.log(`${passed} of ${total} pass`);
  return total > 0 && passed === total;
}

/** What the tests print where they go on without what they wanted. */
function leftOut(said: string): string[] {
  return said.split("\n").filter((line) => /skipping|not available|not found –/i.test(line));
}
