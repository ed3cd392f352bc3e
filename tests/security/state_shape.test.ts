/**
 * An archive or another user leaves pipes, folders, second names or endless files where a local
 * backend keeps its own.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { it } from "@std/testing/bdd";
import { STATE_FILES } from "../../src/shared/contract/state.ts";
import { withHostileClone } from "../support/hostile_clone.ts";
import { run } from "../support/program.ts";

const LOCAL = ".insforge/local";
const FOLDERS: readonly string[] = [
  STATE_FILES.postgres,
  STATE_FILES.unpacking,
  STATE_FILES.cluster,
  STATE_FILES.storage,
  STATE_FILES.deployments,
  STATE_FILES.logs,
  STATE_FILES.restoring,
  STATE_FILES.restored,
  STATE_FILES.replaced,
];

for (const name of Object.values(STATE_FILES)) {
  it(`what is not of the kind of ${name} ends every command with one sentence`, () =>
    withHostileClone(async (clone) => {
      const path = `${clone.root}/${LOCAL}/${name}`;
      await Deno.mkdir(`${clone.root}/${LOCAL}`);
      if (FOLDERS.includes(name)) await Deno.writeTextFile(path, "x");
      else await Deno.mkdir(path);
      const shape = await clone.run(["local", "start"]);
      assertEquals(shape.code, 1);
      assertStringIncludes(
        shape.stderr,
        `${name} is ${FOLDERS.includes(name) ? "no" : "a"} folder`,
      );
      if (Deno.build.os === "windows") return;
      await Deno.remove(path, { recursive: true });
      await run("mkfifo", [path]);
      const { code, stderr } = await clone.run(["local", name === "lock" ? "status" : "start"]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, `${name} is a pipe, a socket or a device`);
    }));
}

it("keys and states that would take all memory are not read", () =>
  withHostileClone(async (clone) => {
    await Deno.mkdir(`${clone.root}/${LOCAL}`);
    await Deno.writeTextFile(`${clone.root}/${LOCAL}/lock`, "");
    for (const name of [STATE_FILES.keys, STATE_FILES.engine, STATE_FILES.objects]) {
      const path = `${clone.root}/${LOCAL}/${name}`;
      using file = await Deno.open(path, { write: true, createNew: true });
      await file.truncate(32 * 1024 ** 2);
      const { code, stderr } = await clone.run(["local", "start"]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, `${name} is too large to be read.`);
      await Deno.remove(path);
    }
  }));

it("a second name of somebody's file is not written to", () =>
  withHostileClone(async (clone) => {
    for (const name of [`${LOCAL}/logs/insforge.logs.jsonl`, `${LOCAL}/postgres/pg_wal/1`]) {
      await clone.file(`${name}.other`, "");
      await Deno.link(`${clone.home}/.bashrc`, `${clone.root}/${name}`);
      const { code, stderr } = await clone.run(["local", "start"]);
      assertEquals(code, 1);
      assertMatch(stderr, /is a file that has another name elsewhere\. Nothing was done\./);
      assertEquals(await clone.read(".bashrc"), "# mine\n");
      await Deno.remove(`${clone.root}/${name}`);
    }
  }));
