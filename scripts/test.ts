/**
 * Checks format, lint, types and exports, compiles, runs the tests and ends with `N passed, N
 * failed`. Arguments, if any, are the files and folders of the tests to run. `INSFORGE_DENO_FLAGS`
 * comes from `scripts/setup.sh`.
 */
import { walk } from "@std/fs/walk";
import { V8_FLAGS } from "./release/v8_flags.ts";
import { runFiles, testFiles } from "./test_files.ts";

/** However many processors there are, a file takes some hundred megabytes. */
const MOST_AT_ONCE = 4;

const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
const config = flags.filter((flag) => flag.startsWith("--config"));

const deno = Deno.execPath();
type Check = [name: string, command: string, args: string[]];
const checks: Check[] = [
  ["format", deno, ["fmt", "--check", ...config]],
  ["lint", deno, ["lint", "--quiet", ...config]],
  ["types", deno, ["check", "--quiet", ...flags, "main.ts", ...await modules()]],
  ["exports", deno, ["run", "--quiet", ...flags, "--allow-read", "scripts/unused_exports.ts"]],
];
const build: Check = ["build", "sh", ["scripts/build"]];
// Neither keeps more than one processor busy.
const faults = await Promise.all([firstFailed(checks), firstFailed([build])]);
const fault = faults.find(Boolean);
if (fault) {
  console.log(`${fault}: failed\n0 passed, 1 failed`);
  Deno.exit(1);
}

const paths = Deno.args.length > 0 ? Deno.args : ["tests"];
const { passed, failed, skipped, failures } = await runFiles(await testFiles(paths), {
  command: [
    deno,
    "test",
    "--quiet",
    ...flags,
    V8_FLAGS,
    "--no-check",
    "--allow-all",
    "--preload=tests/support/kept_responses.ts",
  ],
  atOnce: Math.min(navigator.hardwareConcurrency, MOST_AT_ONCE),
  show(said) {
    for (let shown = 0; shown < said.length;) shown += Deno.stdout.writeSync(said.subarray(shown));
  },
});
for (const file of failures) console.log(`${file}: failed`);
const ignored = skipped > 0 ? `, ${skipped} skipped` : "";
console.log(`${passed} passed, ${failed} failed${ignored}`);
Deno.exit(failed === 0 && passed > 0 ? 0 : 1);

/** The name of the first check that fails. */
async function firstFailed(checks: Check[]): Promise<string | undefined> {
  for (const [name, command, args] of checks) {
    const child = new Deno.Command(command, { args, stdin: "null" }).spawn();
    if (!(await child.status).success) return name;
  }
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
