import { assertEquals, fail } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runExport } from "../../src/commands/db/export.ts";
import { runImport } from "../../src/commands/db/import.ts";
import { fc, holds } from "../support/arbitraries.ts";
import { schemaPlan, schemaSql } from "../support/arbitrary_schema.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { testContext } from "../support/context.ts";

/** Schemas that make the round trip together: an export reads all that there are. */
const TOGETHER = 50;
/** 200 schemas, and 5,000 with the factor of the nightly run. */
const TRIPS = 4;

let source: TestBackend;
let target: TestBackend;
let folder: string;

const contextOf = ({ url, apiKey }: TestBackend) =>
  testContext({ cwd: folder, env: { INSFORGE_BASE_URL: url, INSFORGE_API_KEY: apiKey } });

async function exported(backend: TestBackend, output: string): Promise<string> {
  const { context } = contextOf(backend);
  await runExport(context, { data: true, format: "sql", output });
  return await Deno.readTextFile(`${folder}/${output}`);
}

describe("any schema", () => {
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    [source, target] = await Promise.all([startBackend(), startBackend()]);
  });
  afterAll(async () => {
    await Promise.all([source.close(), target.close()]);
    await Deno.remove(folder, { recursive: true });
  });

  it("goes out, comes in and goes out again with the same bytes", async () => {
    const plans = fc.array(schemaPlan, { minLength: TOGETHER, maxLength: TOGETHER });
    await holds([plans], TRIPS, async (plans) => {
      const names = plans.map((_, index) => `s${index}`);
      try {
        for (const [index, plan] of plans.entries()) {
          await source.sql(schemaSql(plan, names[index]!));
        }
        const one = await exported(source, "one.sql");
        await runImport(contextOf(target).context, {}, "one.sql");
        const two = await exported(target, "two.sql");
        if (one === two) return;
        const [before, after] = [one.split("\n"), two.split("\n")];
        const line = before.findIndex((text, index) => text !== after[index]);
        assertEquals(after.slice(line, line + 5), before.slice(line, line + 5));
        fail("the second export has more than the first one");
      } finally {
        const drop = names.map((name) => `DROP SCHEMA IF EXISTS ${name} CASCADE;`).join("");
        await Promise.all([source.sql(drop), target.sql(drop)]);
      }
    });
  });
});
