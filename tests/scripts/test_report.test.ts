import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { countTests } from "../../scripts/test_report.ts";
import { withFolder } from "../support/temporary.ts";

/** What Deno's own runner reports of a file of tests. */
async function reportOf(file: string): Promise<string> {
  return await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/some.test.ts`, file);
    await new Deno.Command(Deno.execPath(), {
      args: ["test", "--quiet", "--no-config", "--no-check", `--junit-path=report.xml`],
      cwd: folder,
    }).output();
    return await Deno.readTextFile(`${folder}/report.xml`);
  });
}

const fails = '() => { throw new Error("</testcase> <skipped"); }';

describe("the count of tests", () => {
  it("takes steps for tests, and what holds them for none", async () => {
    const report = await reportOf(`
      Deno.test("alone", () => {});
      Deno.test("outer > one", async (context) => {
        await context.step("passes", () => {});
        await context.step("inner", async (context) => {
          await context.step("passes", () => {});
          await context.step("fails", ${fails});
        });
        await context.step({ name: "waits", ignore: true, fn: () => {} });
      });
      Deno.test({ name: "waits", ignore: true, fn: () => {} });
    `);
    assertEquals(countTests(report), { passed: 2 + 1, failed: 1, skipped: 2 });
  });

  it("does not lose what fails around the steps", async () => {
    const report = await reportOf(`
      Deno.test("after", async (context) => {
        await context.step("passes", () => {});
        throw new Error("in a hook");
      });
      Deno.test("before", ${fails});
    `);
    assertEquals(countTests(report), { passed: 1, failed: 2, skipped: 0 });
  });

  it("is nothing for a report that was never written", () => {
    assertEquals(countTests(""), { passed: 0, failed: 0, skipped: 0 });
  });
});
