/**
 * Checks format, lint, types and exports, compiles, runs the tests and ends with `N passed, N
 * failed`. Arguments, if any, are the test files to run. `INSFORGE_DENO_FLAGS` comes from
 * `scripts/setup.sh`.
 */
import { walk } from "@std/fs/walk";
import { V8_FLAGS } from "./release/v8_flags.ts";
import { countTests } from "./test_report.ts";

const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
const config = flags.filter((flag) => flag.startsWith("--config"));

const deno = Deno.execPath();
const checks: [name: string, command: string, args: string[]][] = [
  ["format", deno, ["fmt", "--check", ...config]],
  ["lint", deno, ["lint", "--quiet", ...config]],
  ["types", deno, ["check", "--quiet", ...flags, "main.ts", ...await modules()]],
  ["exports", deno, ["run", "--quiet", ...flags, "--allow-read", "scripts/unused_exports.ts"]],
  ["build", "sh", ["scripts/build"]],
];
for (const [name, command, args] of checks) {
  if (await succeeds(command, args)) continue;
  console.log(`${name}: failed\n0 passed, 1 failed`);
  Deno.exit(1);
}

const report = await Deno.makeTempFile({ suffix: ".xml" });
const passed = await succeeds(deno, [
  "test",
  "--quiet",
  ...flags,
  V8_FLAGS,
  "--no-check",
  "--allow-all",
  "--preload=tests/support/kept_responses.ts",
  `--junit-path=${report}`,
  ...(Deno.args.length > 0 ? Deno.args : ["tests"]),
]);
const counts = countTests(await Deno.readTextFile(report));
await Deno.remove(report);
// A file that cannot be loaded is no test of the report, and a killed runner writes none.
if (!passed && counts.failed === 0) counts.failed = 1;
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
Deno.exit(passed && counts.failed === 0 && counts.passed > 0 ? 0 : 1);

async function succeeds(command: string, args: string[]): Promise<boolean> {
  const child = new Deno.Command(command, { args, stdin: "null" }).spawn();
  return (await child.status).success;
}

/** Everything that is written in TypeScript, so that what no entry point reaches is checked too. */
async function modules(): Promise<string[]> {
  const paths: string[] = [];
  for (const folder of ["src", "tests", "scripts"]) {
    for await (const { path } of walk(folder, { exts: [".ts"], skip: [/scripts\/npm/] })) {
      paths.push(path);
    }
  }
  return paths;
}
