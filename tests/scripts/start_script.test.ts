/** The script of a start: modules of a bundle, together, with nothing else noticing. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { gatherStart, keepStartCache, START_MODULES } from "../../scripts/release/start_script.ts";
import { run } from "../support/program.ts";
import { withFolder } from "../support/temporary.ts";

/** A bundle whose start shares modules with what is loaded later. */
const BUNDLE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(START_MODULES.map((name) => [`${name}.js`, ""])),
  "deeper.js": 'var d="d\u00e9eper\u{1F600}"+/[\u2026]/.exec("\u2026");export{d};',
  "shared.js": 'import{d}from"./deeper.js";class E{};export{E as a,d as b};',
  "later.js": 'import{a}from"./shared.js";export{a as seen};',
  "src/cli_worker.js": 'import"../shared.js";globalThis.runs=(globalThis.runs??0)+1;',
  "src/launcher.js": 'import{a as E,b}from"../shared.js";import{sep}from"node:path";' +
    'import"./cli_worker.js";var{url}=import.meta;async function tell(){' +
    'let{seen}=await import("../later.js"),own=await import("../shared.js");' +
    'return[seen===E,own.a===E,b,sep.length,url.endsWith("/start.js")]}export{tell as default};',
};

async function gatherBundle(folder: string): Promise<void> {
  for (const [name, code] of Object.entries(BUNDLE)) {
    await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
    await Deno.writeTextFile(join(folder, name), code);
  }
  await gatherStart(folder);
}

/** What the start's modules tell, in a Deno of their own. */
async function told(folder: string): Promise<unknown> {
  const outside = join(folder, "outside.js");
  await Deno.writeTextFile(
    outside,
    'import tell from"./src/launcher.js";import"./src/cli_worker.js";' +
      "console.log(JSON.stringify([...await tell(),runs]));",
  );
  const options = ["--quiet", "--no-config", "--no-lock", "--unstable-raw-imports"];
  const { stdout, stderr } = await run(Deno.execPath(), ["run", ...options, outside]);
  assertEquals(stderr, "");
  return JSON.parse(stdout);
}

const TOLD = [true, true, "d\u00e9eper\u{1F600}\u2026", 1, true, 1];

describe("the script of a start", () => {
  it("has modules once, for each other, for later ones and for those outside", async () => {
    await withFolder(async (folder) => {
      await gatherBundle(folder);
      assertEquals(await told(folder), TOLD);
      const script = await Deno.readTextFile(join(folder, "start.txt"));
      assertStringIncludes(script, "class E");
      assertMatch(script, /^[\0-\x7f]*$/);
      assertEquals(await Deno.readTextFile(join(folder, "later.js")), BUNDLE["later.js"]);
    });
  });

  it("runs without its cache where that is none of its own", async () => {
    await withFolder(async (folder) => {
      await gatherBundle(folder);
      await keepStartCache(folder, crypto.getRandomValues(new Uint8Array(4_096)));
      assertEquals(await told(folder), TOLD);
    });
  });
});
