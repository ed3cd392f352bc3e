import { describe, it } from "@std/testing/bdd";
import { FunctionProcess } from "../../src/server/functions/process.ts";
import { FunctionRuntime } from "../../src/server/functions/runtime.ts";
import { CHECKOUT } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import { withFolder } from "../support/temporary.ts";

describe("a process that is started ahead", () => {
  it("says when it needs its function alone", async () => {
    const process = new FunctionProcess({ self: CHECKOUT, memoryMb: 256 });
    await eventually(() => process.hasStarted);
    await process.stop();
  });

  it("is followed at once by the next one when it is asked for before that", async () => {
    await withFolder(async (folder) => {
      const program = `${folder}/slow.ts`;
      await Deno.writeTextFile(
        program,
        `Deno.writeTextFileSync(${JSON.stringify(`${folder}/`)} + Deno.pid + ".started", "");
        for await (const _ of Deno.stdin.readable);`,
      );
      const self = [Deno.execPath(), "run", "--no-config", "--allow-write", program];
      const runtime = new FunctionRuntime({ self, onOutput() {} });
      const started = () =>
        [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".started")).length;
      runtime.warm();
      const loading = runtime.prepare({ slug: "hello", code: "", env: {} }).catch(() => {});
      await eventually(() => started() === 2);
      await runtime.close();
      await loading;
    });
  });
});
