import { stripVTControlCharacters } from "node:util";
import { assert, assertEquals } from "@std/assert";
import { beforeAll, describe, it } from "@std/testing/bdd";
import { type Results, runFiles, testFiles } from "../../scripts/test_files.ts";
import { withFolder } from "../support/temporary.ts";

/** A file that passes only beside the other one, and where it has an environment of its own. */
const meeting = (own: string, other: string) => `
  Deno.test("meets", async () => {
    Deno.env.set("${own}_OF_TESTS", "is set");
    await Deno.writeTextFile(import.meta.dirname + "/${own}", "");
    while (!(await Deno.stat(import.meta.dirname + "/${other}").catch(() => undefined))) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (Deno.env.get("${other}_OF_TESTS")) throw new Error("not an environment of its own");
  });`;

const FILES: Readonly<Record<string, string>> = {
  "A.test.ts": meeting("A", "B"),
  "B.test.ts": meeting("B", "A"),
  "c.test.ts": `Deno.test("fails", () => { throw new Error("on purpose"); });`,
  "d.test.ts": `import "./missing.ts";`,
  "e.test.ts": `Deno.test("ends", () => Deno.kill(Deno.pid, "SIGKILL"));`,
  "f/g.test.ts": `
    Deno.test({ name: "waits", ignore: true, fn() {} });
    Deno.test("passes", () => {});`,
  "no_test.ts": `throw new Error("not to be run");`,
};

describe("files of tests", () => {
  let files: string[];
  let results: Results;
  let said = "";

  beforeAll(() =>
    withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/f`);
      for (const [name, text] of Object.entries(FILES)) {
        await Deno.writeTextFile(`${folder}/${name}`, text);
      }
      const within = (path: string) => path.slice(folder.length + 1).replaceAll("\\", "/");
      const found = await testFiles([folder]);
      files = found.map(within);
      assertEquals(await testFiles([found[1]!, `${folder}/f`]), [found[1], found[5]]);
      const decoder = new TextDecoder();
      const command = ["test", "--quiet", "--no-config", "--no-lock", "--no-check", "--allow-all"];
      results = await runFiles(found, {
        command: [Deno.execPath(), ...command],
        atOnce: 2,
        show: (chunk) => void (said += decoder.decode(chunk, { stream: true })),
      });
      said = stripVTControlCharacters(said);
      results = { ...results, failures: results.failures.map(within) };
    })
  );

  it("are those of the folders, and no other", () => {
    assertEquals(files, Object.keys(FILES).filter((name) => name.endsWith(".test.ts")));
  });

  it("run beside each other and are all counted, a process that ends as a failure", () => {
    const { failures, ...counts } = results;
    assertEquals(counts, { passed: 3, failed: 3, skipped: 1 });
    assertEquals(failures, ["c.test.ts", "d.test.ts", "e.test.ts"]);
  });

  it("say what they say one after another, in their order", () => {
    const order = ["A.test.ts", "B.test.ts", "on purpose", "missing.ts", "waits ..."];
    const places = order.map((text) => said.indexOf(text));
    assertEquals(places, places.toSorted((one, other) => one - other), said);
    assert(places.every((place) => place >= 0), said);
  });
});
