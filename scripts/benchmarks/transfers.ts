/**
 * Times large transfers on the local backend: a file up and down beside curl, and a database out
 * and in beside pg_dump and psql with the same rows.
 */
import { join } from "@std/path";
import { postgresAt, startPostgres } from "../../tests/support/postgres.ts";
import type { Workshop } from "./workshop.ts";

const FILE_BYTES = 1024 ** 3;
const ROWS = 1_000_000;

/** Measures, and answers names with values. */
export async function timeTransfers(bench: Workshop): Promise<[string, string][]> {
  return [...await timeFile(bench), ...await timeDatabase(bench)];
}

async function timeFile(bench: Workshop): Promise<[string, string][]> {
  const { executable, folder, url, apiKey, run, timed } = bench;
  await sql(bench, "UPDATE storage.config SET max_file_size_mb = 2048");
  await run(executable, ["storage", "create-bucket", "bench"]);
  await writeNoise(join(folder, "large"));
  const upload = ["storage", "upload", "large", "--bucket", "bench"];
  const download = ["storage", "download", "large", "--bucket", "bench", "-o", "copy"];
  const address = `${url}/api/storage/buckets/bench/objects/large`;
  const curl = (args: string[]) =>
    run("curl", ["-sSf", "-H", `authorization: Bearer ${apiKey}`, address, ...args]);
  let upMemory = 0;
  let downMemory = 0;
  const up = await timed(async () => upMemory = await bench.peakMemory(upload));
  const curlUp = await timed(() => curl(["-X", "PUT", "-F", "file=@large"]));
  const down = await timed(async () => downMemory = await bench.peakMemory(download));
  const curlDown = await timed(() => curl(["-o", "copy"]));
  return [
    ["upload 1 GiB", seconds(up)],
    ["curl, the same upload", seconds(curlUp)],
    ["download 1 GiB", seconds(down)],
    ["curl, the same download", seconds(curlDown)],
    ["peak memory of that upload", `${upMemory.toFixed(0)} MiB`],
    ["peak memory of that download", `${downMemory.toFixed(0)} MiB`],
  ];
}

/** Measures the database's part alone. */
export async function timeDatabase(bench: Workshop): Promise<[string, string][]> {
  const { executable, run, timed, peakMemory } = bench;
  await sql(
    bench,
    "CREATE TABLE bench (id int PRIMARY KEY, title text, price numeric, at timestamptz)",
  );
  for (let from = 0; from < ROWS; from += ROWS / 4) {
    const range = `generate_series(${from + 1}, ${from + ROWS / 4})`;
    await sql(bench, `INSERT INTO bench SELECT i, 'title ' || i, i / 7.0, now() FROM ${range} i`);
  }
  let outMemory = 0;
  let inMemory = 0;
  const dump = ["db", "export", "--tables", "bench", "-o", "bench.sql"];
  const out = await timed(async () => outMemory = await peakMemory(dump));
  await run(executable, ["db", "query", "DROP TABLE bench"]);
  const back = await timed(async () => inMemory = await peakMemory(["db", "import", "bench.sql"]));
  return [
    ["export 1,000,000 rows", seconds(out)],
    ["import 1,000,000 rows", seconds(back)],
    ["peak memory of that export", `${outMemory.toFixed(0)} MiB`],
    ["peak memory of that import", `${inMemory.toFixed(0)} MiB`],
    ...await timePostgres(bench),
  ];
}

/** A PostgreSQL server with the rows of that export; nothing where none is installed. */
async function timePostgres({ folder, run, timed }: Workshop): Promise<[string, string][]> {
  const programs = postgresAt();
  if (!programs) return [];
  await using server = await startPostgres();
  const roles = ["anon", "authenticated", "project_admin"].map((role) => `CREATE ROLE ${role};`);
  await server.psql(["-c", roles.join(" ")]);
  const load = (name: string) => timed(() => server.psql(["-f", join(folder, name)]));
  const same = await load("bench.sql");
  const connection = ["-h", server.host, "-U", "postgres"];
  const dump = await timed(() => run(`${programs}/pg_dump`, [...connection, "-f", "pg.sql"]));
  await server.psql(["-c", "DROP TABLE bench"]);
  const copied = await load("pg.sql");
  return [
    ["pg_dump, the same rows", seconds(dump)],
    ["psql, the file of the export", seconds(same)],
    ["psql, the file of pg_dump", seconds(copied)],
  ];
}

async function sql({ executable, run }: Workshop, text: string): Promise<void> {
  await run(executable, ["db", "query", "--unrestricted", text]);
}

async function writeNoise(path: string): Promise<void> {
  const block = new Uint8Array(1024 ** 2);
  for (let at = 0; at < block.length; at += 65536) {
    crypto.getRandomValues(block.subarray(at, at + 65536));
  }
  using file = await Deno.open(path, { write: true, create: true });
  const writer = file.writable.getWriter();
  for (let size = 0; size < FILE_BYTES; size += block.length) await writer.write(block);
  await writer.close();
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
