/**
 * Imports dumps of other databases into fresh local backends of the compiled executable, and prints
 * what became of each. Every argument is an SQL file that makes a database (or `pgbench`), or a
 * folder of migrations: it is loaded into the PostgreSQL that is installed, dumped by its pg_dump
 * in every form, imported, and compared object by object and row by row. Such as:
 *
 *     git clone https://github.com/lerocha/chinook-database /tmp/chinook
 *     deno run -A scripts/import_dumps.ts pgbench \
 *       /tmp/chinook/ChinookDatabase/DataSources/*PostgreSql.sql
 *
 * `--way=COPY` tries the forms alone whose name begins so. It ends with 1 where something differs.
 */
import { basename, join } from "@std/path";
import { EXECUTABLE } from "../tests/support/executable.ts";
import { postgresAt, startPostgres } from "../tests/support/postgres.ts";
import { serveProcess, type ServerProcess } from "../tests/support/server_process.ts";

/** How pg_dump writes a database: one file after the other, each with its options. */
const WAYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "COPY": [[]],
  "COPY, gzip": [["-Z", "6"]],
  "COPY, LATIN1": [["--encoding=LATIN1"]],
  "COPY, by partition root": [["--load-via-partition-root"]],
  "INSERT": [["--inserts"]],
  "INSERT, columns": [["--column-inserts", "--on-conflict-do-nothing"]],
  "INSERT, many rows": [["--rows-per-insert=100"]],
  "clean": [["--clean", "--if-exists"]],
  "clean, without IF EXISTS": [["--clean"]],
  "create": [["--create", "--clean", "--if-exists"]],
  "plain": [["--no-owner", "--no-privileges", "--no-comments", "--no-publications"]],
  "session authorization": [["--use-set-session-authorization"]],
  "quoted": [["--quote-all-identifiers", "--disable-dollar-quoting"]],
  "schema, rows": [["--schema-only"], ["--data-only", "--disable-triggers"]],
  "sections": [["--section=pre-data"], ["--section=data"], ["--section=post-data"]],
};

const FOREIGN = "NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";

/** The names of all objects of these schemas that no extension owns, one a row. */
const objectsSql = (schemas: string) => `
  WITH own AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN (${schemas})),
    objects (kind, name, classid, objid) AS (
      SELECT 'relation ' || relkind::text, nspname || '.' || relname, 'pg_class'::regclass, c.oid
      FROM pg_class c JOIN own ON own.oid = relnamespace
      UNION ALL SELECT 'routine', nspname || '.' || proname || '(' ||
        pg_get_function_identity_arguments(p.oid) || ')', 'pg_proc'::regclass, p.oid
      FROM pg_proc p JOIN own ON own.oid = pronamespace
      UNION ALL SELECT 'type', nspname || '.' || typname, 'pg_type'::regclass, t.oid
      FROM pg_type t JOIN own ON own.oid = typnamespace WHERE typtype IN ('d', 'e', 'r')
      UNION ALL SELECT 'constraint', nspname || '.' || conname || ' ' ||
        pg_get_constraintdef(c.oid), 'pg_constraint'::regclass, c.oid
      FROM pg_constraint c JOIN own ON own.oid = connamespace WHERE contype IN ('c', 'f', 'p', 'u', 'x')
      UNION ALL SELECT 'trigger', pg_get_triggerdef(t.oid), 'pg_trigger'::regclass, t.oid
      FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN own ON own.oid = relnamespace
      WHERE NOT tgisinternal
      UNION ALL SELECT 'default', relname::text || ' ' || pg_get_expr(adbin, adrelid),
        'pg_attrdef'::regclass, a.oid
      FROM pg_attrdef a JOIN pg_class c ON c.oid = adrelid JOIN own ON own.oid = relnamespace)
  SELECT kind || ' ' || name AS digest FROM objects o
  WHERE NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = o.classid AND d.objid = o.objid AND d.deptype = 'e')
  ORDER BY 1`;

/** Removes what these schemas have that no extension owns. */
const emptySql = (schemas: string) => `
  DO $empty$ DECLARE command text; BEGIN
    FOREACH command IN ARRAY ARRAY(
      SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
      WHERE nspname IN (${schemas}) AND nspname <> 'public'
      UNION ALL SELECT format('DROP TABLE IF EXISTS %s CASCADE', oid::regclass) FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      UNION ALL SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure)
      FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
      UNION ALL SELECT format('DROP TYPE IF EXISTS %s CASCADE', oid::regtype) FROM pg_type t
      WHERE typnamespace = 'public'::regnamespace AND typtype IN ('c', 'd', 'e', 'r')
        AND typrelid NOT IN (SELECT oid FROM pg_class WHERE relkind <> 'c')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
      UNION ALL SELECT format('DROP SEQUENCE IF EXISTS %s CASCADE', oid::regclass) FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
      UNION ALL SELECT format('SELECT lo_unlink(%s)', oid) FROM pg_largeobject_metadata)
    LOOP EXECUTE command; END LOOP;
  END $empty$`;

const programs = postgresAt();
const chosen = Deno.args.find((arg) => arg.startsWith("--way="))?.slice("--way=".length) ?? "";
const sources = Deno.args.filter((arg) => !arg.startsWith("--"));
if (!programs || sources.length === 0) {
  console.error("It takes SQL files, or pgbench, and a PostgreSQL that is installed.");
  Deno.exit(1);
}
const folder = await Deno.makeTempDir({ prefix: "insforge-dumps-" });
await Deno.chmod(folder, 0o777);
await using postgres = await startPostgres();
const roles = "CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE project_admin";
await postgres.psql(["-c", roles]);
const connection = ["-h", postgres.host, "-U", "postgres"];
const server = await serveProcess(await Deno.makeTempDir({ dir: folder }));
for (const [index, source] of sources.entries()) {
  const database = `source${index}`;
  await postgres.psql(["-c", `CREATE DATABASE ${database}`]);
  if (source === "pgbench") await run(`${programs}/pgbench`, ["-i", ...connection, database]);
  else await load(database, source);
  const ways = Object.entries(WAYS).filter(([way]) => way.startsWith(chosen));
  for (const [way, files] of ways) {
    const outcome = await tryOut(server, database, files).catch(({ message }: Error) => message);
    if (!outcome.startsWith("the same")) Deno.exitCode = 1;
    console.log(`${basename(source)}, ${way}: ${outcome}`);
  }
}
await server.kill();
await Deno.remove(folder, { recursive: true });

/** Statements on databases and commands of psql are left to this script. */
async function load(database: string, source: string): Promise<void> {
  let text = "";
  for (const file of await filesOf(source)) text += await Deno.readTextFile(file) + "\n;\n";
  text = text.replace(/^(?:(?:CREATE|DROP) DATABASE\b[^;]*;|\\c.*)$/gm, "");
  await Deno.writeTextFile(`${folder}/load.sql`, text);
  await postgres.psql(["-d", database, "-f", `${folder}/load.sql`]);
}

/** A file, or those that a folder of migrations has, in order. */
async function filesOf(source: string): Promise<string[]> {
  if (!(await Deno.stat(source)).isDirectory) return [source];
  const entries = (await Array.fromAsync(Deno.readDir(source)))
    .toSorted((one, other) => one.name < other.name ? -1 : 1);
  const files = entries.flatMap(({ name, isDirectory }) =>
    isDirectory
      ? ["up.sql", "migration.sql"].map((file) => join(source, name, file))
      : name.endsWith(".sql")
      ? [join(source, name)]
      : []
  );
  const isThere = (file: string) => Deno.stat(file).then(() => true, () => false);
  return (await Promise.all(files.map(async (file) => await isThere(file) ? [file] : []))).flat();
}

async function tryOut(
  server: ServerProcess,
  database: string,
  files: readonly (readonly string[])[],
): Promise<string> {
  const env = { INSFORGE_BASE_URL: server.url, INSFORGE_API_KEY: server.apiKey };
  const schemas = await schemasOf(database);
  await here(server, emptySql(schemas));
  const started = performance.now();
  let told = "";
  for (const args of files) {
    const dump = `${folder}/${database}.sql`;
    await run(`${programs}/pg_dump`, [...connection, ...args, "-f", dump, database]);
    const { code, text } = await run(EXECUTABLE, ["db", "import", dump], env);
    told += ` ${text}`;
    if (code !== 0) return told.trim();
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const different = await differences(server, database, schemas);
  return different.length === 0
    ? `the same, in ${seconds} s.${told}`
    : `not the same: ${different.join(", ")}.${told}`;
}

/** What one of the two databases lacks, and the tables whose rows differ. */
async function differences(
  server: ServerProcess,
  database: string,
  schemas: string,
): Promise<string[]> {
  const objects = objectsSql(schemas);
  const [before, after] = await Promise.all([there(database, objects), here(server, objects)]);
  const different = [
    ...before.filter((name) => !after.includes(name)).map((name) => `only there: ${name}`),
    ...after.filter((name) => !before.includes(name)).map((name) => `only here: ${name}`),
  ];
  const tables = await there(
    database,
    `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname ${FOREIGN}`,
  );
  for (const table of tables) {
    const query = "SELECT count(*) || md5(coalesce(string_agg(t::text, ',' " +
      `ORDER BY t::text COLLATE "C"), '')) AS digest FROM ${table} t`;
    const [one, [other]] = [await there(database, query), await here(server, query)];
    if (one[0] !== other) different.push(`rows of ${table}`);
  }
  return different;
}

/** The schemas of a database as a list of literals. */
async function schemasOf(database: string): Promise<string> {
  const sql = `SELECT quote_literal(nspname) FROM pg_namespace WHERE nspname ${FOREIGN}`;
  return (await there(database, sql)).join(", ");
}

async function there(database: string, query: string): Promise<string[]> {
  const text = await postgres.psql(["-d", database, "-A", "-t", "-R", "\x1e", "-c", query]);
  return text.trimEnd().split("\x1e").filter(Boolean);
}

async function here({ url, apiKey }: ServerProcess, query: string): Promise<string[]> {
  const answer = await fetch(`${url}/api/database/advance/rawsql`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  const { rows } = await answer.json() as { rows: { digest: string }[] };
  return rows.map(({ digest }) => digest);
}

async function run(program: string, args: readonly string[], env?: Record<string, string>) {
  const command = new Deno.Command(program, { args: [...args], env, cwd: folder });
  const { code, stdout, stderr } = await command.output();
  const text = [stderr, stdout].map((bytes) => new TextDecoder().decode(bytes).trim()).join(" ");
  if (code !== 0 && !env) throw new Error(text);
  return { code, text: text.replaceAll("\n", " ") };
}
