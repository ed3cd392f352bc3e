/**
 * Tries the program on other platforms: `scripts/platforms [--short] PLATFORM…`. For each it says
 * how many checks passed, or why it was skipped, and ends with 1 when one failed.
 */
import { type Platform, type Result, Skipped } from "./platform.ts";

type Run = (isShort: boolean) => Promise<{ platform: Platform; results: Result[] }>;

const PLATFORMS: Record<string, () => Promise<{ run: Run }>> = {
  linux: () => import("./linux.ts"),
  arm64: () => import("./arm64.ts"),
  windows: () => import("./windows.ts"),
  nodes: () => import("./nodes.ts"),
  userlands: () => import("./userlands.ts"),
  postgres: () => import("./postgres.ts"),
};

const isShort = Deno.args.includes("--short");
const names = Deno.args.filter((arg) => arg !== "--short");
const unknown = names.find((name) => !PLATFORMS[name]);
if (unknown !== undefined || names.length === 0) {
  console.error(`Name some of ${Object.keys(PLATFORMS).join(", ")}.`);
  Deno.exit(1);
}
for (const name of names) {
  try {
    const { run } = await PLATFORMS[name]!();
    const { platform, results } = await run(isShort);
    const passed = results.filter(({ failure }) => failure === undefined).length;
    // A row of the table in docs/platforms.md.
    const date = new Date().toISOString().slice(0, 10);
    console.log(
      `| ${platform.name} | ${platform.runs} | ${passed} of ${results.length} | ${date} |`,
    );
    if (passed < results.length) Deno.exitCode = 1;
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    console.log(`${name}: skipped, ${error.message}`);
  }
}
