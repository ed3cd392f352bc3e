import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { fc, holds } from "../support/arbitraries.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { insforge } from "../support/executable.ts";
import { runLine } from "../support/run_line.ts";
import { assertOrderly, orderly } from "../support/verdict.ts";

const MEGABYTE = 1024 ** 2;

/** Command lines with something large in them; `#` stands for it. */
const LINES = [
  "db query #",
  "db query --unrestricted #",
  "db rpc # --data {}",
  "db rpc length --data #",
  "db export --tables #",
  "db migrations up --to #",
  "functions invoke # --data {}",
  "functions invoke none --data #",
  "functions code #",
  "functions delete #",
  "logs # --limit 1",
  "logs insforge.logs --grep #",
  "logs insforge.logs --since #",
  "schedules create --name # --cron #",
  "secrets add NAME #",
  "secrets add # value",
  "secrets get #",
  "storage create-bucket #",
  "storage list-objects #",
  "storage list-objects b --prefix #",
  "storage delete-object # --bucket b",
  "storage download # --bucket b",
  "storage upload # --bucket b",
  "storage upload source --bucket b --key #",
  "storage upload source --bucket b --content-type #",
  "deployments env set # value",
  "deployments env set NAME #",
  "deployments status #",
  "link --project-id #",
  "#",
] as const;

let backend: TestBackend;
let folder: string;
let env: Record<string, string>;

describe("arguments of a megabyte", () => {
  beforeAll(async () => {
    backend = await startBackend();
    folder = await Deno.makeTempDir();
    env = { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey };
    await backend.request("POST", "/api/storage/buckets", { bucketName: "b" });
    await Deno.writeTextFile(join(folder, "source"), "x");
  });
  afterAll(async () => {
    await backend.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("end every command in order, and the backend goes on", () =>
    holds(
      [fc.constantFrom(...LINES), fc.constantFrom("x", "(", "é", "9", "--", "a/", "%", " ", "'")],
      20,
      async (line, filling) => {
        const large = filling.repeat(Math.ceil(MEGABYTE / filling.length));
        const args = line.split(" ").map((word) => word.replace("#", () => large));
        await orderly(() => runLine(args, { cwd: folder, env }));
        assertEquals(await backend.sql("SELECT 1 AS one"), [{ one: 1 }]);
      },
    ));

  it("arrive whole by a file, a pipe and, up to what Linux allows, an argument", async () => {
    const sql = (length: number) => `SELECT length('${"x".repeat(length)}') AS n`;
    await Deno.writeTextFile(join(folder, "large.sql"), sql(MEGABYTE));
    const runs = [
      [MEGABYTE, ["--file", "large.sql"], undefined],
      [MEGABYTE, ["-"], sql(MEGABYTE)],
      [120_000, [sql(120_000)], undefined],
    ] as const;
    for (const [length, args, stdin] of runs) {
      const line = ["db", "query", ...args, "--json"];
      const { code, stdout, stderr } = await insforge(line, { cwd: folder, env, stdin });
      assertEquals([code, stderr], [0, ""]);
      assertEquals(JSON.parse(stdout).rows, [{ n: length }]);
    }
  });

  it("by the hundred end the executable in order", async () => {
    const args = Array.from({ length: 15 }, (_, n) => `${n}`.repeat(50_000));
    for (const command of [["db", "query"], ["storage", "upload", "--bucket", "b"], ["docs"]]) {
      const result = await insforge([...command, ...args], { cwd: folder, env });
      assertOrderly(result, command);
      assert(result.stderr.length < 1_500_000);
    }
  });
});
