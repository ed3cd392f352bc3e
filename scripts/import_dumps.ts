/**
 * Imports dumps of other databases into a fresh local backend of the compiled executable, and
 * prints what became of each. Every argument is an SQL file that makes a database (or `pgbench`):
 * it is loaded into PostgreSQL, dumped by pg_dump in several ways, imported, and compared row by
 * row. Such as:
 *
 *     git clone https://github.com/lerocha/chinook-database /tmp/chinook
 *     deno run -A scripts/import_dumps.ts pgbench
 * /tmp/chinook/ChinookDatabase/DataSources/*PostgreSql.sql
 */
import { basename } from "@std/path";
import { EXECUTABLE } from "../tests/support/executable.ts";
import { postgresAt, startPostgres } from "../tests/support/postgres.ts";
import { serveProcess, type ServerProcess } from "../tests/support/server_process.ts";

const WAYS: Readonly<Record<string, readonly string[]>> = {
  "COPY": [],
  "COPY, gzip": ["-Z", "6"],
  "INSERT": ["--inserts"],
  "clean": ["--clean", "--if-exists"],
  "create": ["--create"],
};

const programs = postgresAt();
if (!programs || Deno.args.length === 0) {
  console.error("It takes SQL files, or pgbench, and a PostgreSQL that is installed.");
  Deno.exit(1);
}
const folder = await Deno.makeTempDir({ prefix: "insforge-dumps-" });
await Deno.chmod(folder, 0o777);
await using postgres = await startPostgres();
const roles = "CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE project_admin";
await postgres.psql(["-c", roles]);
const connection = ["-h", postgres.host, "-U", "postgres"];
for (const [index, source] of Deno.args.entries()) {
  const database = `source${index}`;
  await postgres.psql(["-c", `CREATE DATABASE ${database}`]);
  if (source === "pgbench") await run(`${programs}/pgbench`, ["-i", ...connection, database]);
  else await load(database, source);
  for (const [way, args] of Object.entries(WAYS)) {
    const dump = `${folder}/${database}.sql`;
    await run(`${programs}/pg_dump`, [...connection, ...args, "-f", dump, database]);
    console.log(`${basename(source)}, ${way}: ${await importOne(dump, database)}`);
  }
}
await Deno.remove(folder, { recursive: true });

/** Statements on databases and commands of psql are left to this script. */
async function load(database: string, source: string): Promise<void> {
  const text = (await Deno.readTextFile(source))
    .replace(/^(?:(?:CREATE|DROP) DATABASE\b[^;]*;|\\c.*)$/gm, "");
  await Deno.writeTextFile(`${folder}/load.sql`, text);
  await postgres.psql(["-d", database, "-f", `${folder}/load.sql`]);
}

async function importOne(dump: string, database: string): Promise<string> {
  const data = await Deno.makeTempDir({ dir: folder });
  const server = await serveProcess(data);
  try {
    const env = { INSFORGE_BASE_URL: server.url, INSFORGE_API_KEY: server.apiKey };
    const started = performance.now();
    const { code, text } = await run(EXECUTABLE, ["db", "import", dump], env);
    if (code !== 0) return text;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const different = await differences(server, database);
    return different.length === 0
      ? `the same, in ${seconds} s. ${text}`
      : `not the same: ${different.join(", ")}`;
  } finally {
    await server.kill();
  }
}

/** The tables whose rows differ. */
async function differences({ url, apiKey }: ServerProcess, database: string): Promise<string[]> {
  const names = await postgres.psql([
    ...["-d", database, "-A", "-t", "-c"],
    "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables " +
    "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
  ]);
  const different: string[] = [];
  for (const table of names.trim().split("\n")) {
    const query = "SELECT count(*) || md5(coalesce(string_agg(t::text, ',' " +
      `ORDER BY t::text COLLATE "C"), '')) AS digest FROM ${table} t`;
    const there = await postgres.psql(["-d", database, "-A", "-t", "-c", query]);
    const answer = await fetch(`${url}/api/database/advance/rawsql`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    const { rows } = await answer.json();
    if (rows?.[0]?.digest !== there.trim()) different.push(table);
  }
  return different;
}

async function run(program: string, args: readonly string[], env?: Record<string, string>) {
  const command = new Deno.Command(program, { args: [...args], env, cwd: folder });
  const { code, stdout, stderr } = await command.output();
  const text = [stderr, stdout].map((bytes) => new TextDecoder().decode(bytes).trim()).join(" ");
  if (code !== 0 && !env) throw new Error(text);
  return { code, text: text.replaceAll("\n", " ") };
}
