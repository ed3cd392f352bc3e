/** Modules that the executable carries, and what V8 has compiled of them. */
import { assert, assertEquals } from "@std/assert";
import { Script } from "node:vm";
import { describe, it } from "@std/testing/bdd";
import { functionBody, IN_SCRIPT } from "../../scripts/release/function_body.ts";
import {
  CACHED_MODULES,
  packedCache,
  runCached,
  scriptOf,
} from "../../src/files/carried_module.ts";
import { EXECUTABLE } from "../support/executable.ts";

const NAME = "src/server/database/postgres_worker";
const CODE = scriptOf(
  NAME,
  functionBody(
    'import{sep}from"node:path";var timer=setTimeout(()=>{},0),all=import("node:path");' +
      "clearTimeout(timer);var told=[typeof timer,(await all).sep===sep,new Error().stack];export{told};",
    IN_SCRIPT,
  ),
);

async function tell(cache: Uint8Array = new Uint8Array()): Promise<unknown[]> {
  const { told: [timer, isSame, stack] } = await runCached(NAME, CODE, cache) as {
    told: [string, boolean, string];
  };
  return [timer, isSame, stack.includes(`insforge:${NAME}.js:1:`)];
}

/** A number in Deno 2.6, an object in Deno 2.9: what modules have. */
const TIMER = typeof setTimeout(() => {}, 0);

describe("a carried module with a cache", () => {
  it("imports, has the runtime's timers, and is told by its name in stacks", async () => {
    assertEquals(await tell(), [TIMER, true, true]);
  });

  it("runs with a cache, and where that is none of its own", async () => {
    const cache = new Script(CODE).createCachedData();
    assertEquals(await tell(cache), [TIMER, true, true]);
    assertEquals(await tell(crypto.getRandomValues(new Uint8Array(4_096))), [TIMER, true, true]);
  });

  // Elsewhere they are files of their own in it: src/files/prepared_files.ts.
  it({ name: "has its cache in the executable", ignore: Deno.build.os !== "linux" }, async () => {
    const executable = new TextDecoder("latin1").decode(await Deno.readFile(EXECUTABLE));
    for (const name of CACHED_MODULES) {
      const key = `"${packedCache(name)}":[`;
      const [, size] = executable.slice(executable.indexOf(key) + key.length).split(/[,\]]/, 2);
      assert(Number(size) > 100_000, `${name}: ${size}`);
    }
  });
});
