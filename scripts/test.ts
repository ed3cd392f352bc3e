/**
 * Checks format, lint and types, compiles, runs the tests and ends with `N passed, N failed`.
 * Arguments, if any, are the test files to run. `INSFORGE_DENO_FLAGS` comes from `scripts/setup.sh`.
 */
import { walk } from "@std/fs/walk";

const REPORT = ".setup/test-report.xml";
const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
const config = flags.filter((flag) => flag.startsWith("--config"));

const deno = Deno.execPath();
const checks: [name: string, command: string, args: string[]][] = [
  ["format", deno, ["fmt", "--check", ...config]],
  ["lint", deno, ["lint", "--quiet", ...config]],
  ["types", deno, ["check", "--quiet", ...flags, "main.ts", ...await modules()]],
  ["build", "sh", ["scripts/build"]],
];
for (const [name, command, args] of checks) {
  if (await succeeds(command, args)) continue;
  console.log(`${name}: failed\n0 passed, 1 failed`);
  Deno.exit(1);
}

await Deno.remove(REPORT).catch(() => {});
const passed = await succeeds(deno, [
  "test",
  "--quiet",
  ...flags,
  "--no-check",
  "--allow-all",
  `--junit-path=${REPORT}`,
  ...(Deno.args.length > 0 ? Deno.args : ["tests"]),
]);
const counts = countLeaves(await Deno.readTextFile(REPORT));
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

/** Counts the tests of a JUnit report; a test with steps counts as its steps. */
function countLeaves(report: string): { passed: number; failed: number; skipped: number } {
  const cases = [...report.matchAll(
    /<testcase name="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g,
  )].map(([, name = "", file = "", body = ""]) => ({ name: `${file} ${name}`, body }));
  const groups = new Set(cases.flatMap(({ name }) => ancestors(name)));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, body } of cases) {
    const isGroup = groups.has(name);
    // A group that fails by itself, in a hook, has no failed step to stand for it.
    const isOwnFailure = isGroup && body.includes("<failure") && !/test steps? failed/.test(body);
    if (isGroup && !isOwnFailure) continue;
    if (body.includes("<skipped")) counts.skipped++;
    else if (body.includes("<failure") || body.includes("<error")) counts.failed++;
    else counts.passed++;
  }
  return counts;
}

function ancestors(name: string): string[] {
  const parts = name.split(" &gt; ");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join(" &gt; "));
}
