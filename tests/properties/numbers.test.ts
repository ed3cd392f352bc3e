import { assert } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { fc, holds, numberText } from "../support/arbitraries.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { runLine } from "../support/run_line.ts";
import { orderly } from "../support/verdict.ts";

let backend: TestBackend;
let folder: string;

/** Command lines with a number in them; `#` stands for it. */
const LINES = [
  "logs insforge.logs --limit #",
  "logs insforge.logs --since #",
  "logs insforge.logs --since #s",
  "logs insforge.logs --since #d",
  "logs function-deploy.logs --limit #",
  "storage list-objects b --limit #",
  "storage list-objects b --offset #",
  "storage list-objects b --sort size --offset #",
  "storage download x --bucket b --concurrency #",
  "schedules logs # --limit #",
  "schedules logs 00000000-0000-0000-0000-000000000000 --limit #",
  "schedules logs 00000000-0000-0000-0000-000000000000 --offset #",
  "schedules create --name job --url http://127.0.0.1:1/x --method GET --cron",
  "deployments list --limit #",
  "deployments list --offset #",
  "deployments status #",
  "db export --row-limit #",
  'db rpc abs --data {"x":#}',
  "db migrations up --to #",
  "functions invoke none --timeout #",
  "secrets add N v --expires #",
];

/** Paths of the backend with a number in them. */
const PATHS = [
  "/api/logs/insforge.logs?limit=#",
  "/api/logs/insforge.logs?before=#",
  "/api/logs/search?q=x&limit=#",
  "/api/storage/buckets/b/objects?limit=#",
  "/api/storage/buckets/b/objects?offset=#",
  "/api/deployments?limit=#&offset=#",
  "/api/schedules/00000000-0000-0000-0000-000000000000/logs?limit=#&offset=#",
  "/api/database/records/numbers?limit=#",
  "/api/database/records/numbers?offset=#",
  "/api/database/records/numbers?i=eq.#",
  "/api/database/records/numbers?n=gt.#",
  "/api/database/migrations?limit=#",
];

describe("numbers at the edges and beyond", () => {
  beforeAll(async () => {
    backend = await startBackend();
    folder = await Deno.makeTempDir();
    await backend.request("POST", "/api/storage/buckets", { bucketName: "b" });
    await backend.sql("CREATE TABLE numbers (i int8, n numeric, f float8)");
  });
  afterAll(async () => {
    await backend.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("end every command in order", () =>
    holds([fc.constantFrom(...LINES), numberText], 100, async (line, number) => {
      const args = line.split(" ").map((word) => word.replace("#", number));
      const env = { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey };
      await orderly(() => runLine(args, { cwd: folder, env }));
    }, [["logs insforge.logs --since #d", "9".repeat(400)]]));

  it("are answered or refused by the local backend", () =>
    holds([fc.constantFrom(...PATHS), numberText], 100, async (path, number) => {
      const url = path.replaceAll("#", encodeURIComponent(number));
      const { status, body } = await backend.request("GET", url);
      const isRefused = status < 500 || body.details?.sqlstate;
      assert(isRefused, `${status} ${JSON.stringify(body)} for ${url}`);
    }));

  it("survive as values, exactly", () =>
    holds([fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })], 20, async (value) => {
      const [row] = await backend.sql(`SELECT '${value}'::int8 AS i, '${value}e300'::numeric AS n`);
      assert(
        row!.i === String(value) && BigInt(row!.n) === value * 10n ** 300n,
        JSON.stringify(row),
      );
    }));
});
