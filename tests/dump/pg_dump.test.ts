/** Dumps that PostgreSQL's own pg_dump writes, imported into the embedded backend. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runImport } from "../../src/commands/db/import.ts";
import { CliError, FileError } from "../../src/core/errors.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { testContext } from "../support/context.ts";
import { DUMPED_RELATIONS, DUMPED_SCHEMA, FOREIGN_ROLES } from "../support/dumped_schema.ts";
import { postgresAt, type PostgresServer, startPostgres } from "../support/postgres.ts";

const programs = postgresAt();

let server: PostgresServer;
let backend: TestBackend;
let folder: string;
let rows: string[];

/** A query that tells tables with different rows apart. */
const digest = (relation: string) =>
  `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') AS digest
   FROM ${relation} t`;

async function pgDump(...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(`${programs}/pg_dump`, {
    args: ["-h", server.host, "-U", "postgres", ...args, "app"],
    cwd: folder,
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
}

async function importFile(name: string, options = {}) {
  const env = { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey };
  const { context, err } = testContext({ cwd: folder, env, options: { yes: true } });
  const { data } = await runImport(context, options, name);
  return { data: data as Record<string, unknown>, err: err() };
}

async function requireSameRows(): Promise<void> {
  for (const [index, relation] of DUMPED_RELATIONS.entries()) {
    const [found] = await backend.sql(digest(relation));
    assertEquals(found, { digest: rows[index] }, relation);
  }
}

describe({ name: "a dump of pg_dump", ignore: !programs, fn: imports });

function imports() {
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    [server, backend] = await Promise.all([startPostgres(), startBackend()]);
    await server.psql(["-c", `${FOREIGN_ROLES} CREATE ROLE anon;`, "-c", "CREATE DATABASE app"]);
    await Deno.writeTextFile(`${folder}/schema.sql`, DUMPED_SCHEMA);
    await server.psql(["-d", "app", "-f", `${folder}/schema.sql`]);
    rows = await Promise.all(DUMPED_RELATIONS.map(async (relation) => {
      const text = await server.psql(["-d", "app", "-A", "-t", "-c", digest(relation)]);
      return text.trim();
    }));
  });
  afterAll(async () => {
    await Promise.all([server[Symbol.asyncDispose](), backend.close()]);
    await Deno.remove(folder, { recursive: true });
  });

  it("imports as it is, and tells in one line what was left out", async () => {
    await pgDump("-f", "copy.sql");
    const { data, err } = await importFile("copy.sql");
    assertEquals(data.rowsImported, 2005 + 2 + 2 + 5);
    assertEquals(
      (data.tables as string[]).toSorted(),
      ["Film Actors", "actors", "films", "shop.payments", "shop.payments_2024"]
        .concat("shop.payments_other"),
    );
    assertEquals(err.trim().split("\n").length, 1);
    for (
      const part of ["2 psql commands", "(bob", "1 policy for roles that are not here (alice)"]
    ) {
      assertStringIncludes(err, part);
    }
    await requireSameRows();
    const [policy] = await backend.sql("SELECT roles::text FROM pg_policies");
    assertEquals(policy, { roles: "{anon}" });
    const [found] = await backend.sql("SELECT public.double(4) AS double");
    assertEquals(found, { double: 8 });
  });

  it("does not import over itself, and names the ways that do", async () => {
    const error = await assertRejects(() => importFile("copy.sql"), CliError);
    assertEquals([error.code, error.exitCode], ["ALREADY_EXISTS", 1]);
    assertStringIncludes(error.message, "Film Actors, actors, films are there already");
    for (const way of ["--clean", "--truncate", "insforge local reset"]) {
      assertStringIncludes(error.hint!, way);
    }
  });

  it("replaces the rows with --truncate, in whatever order, without its triggers", async () => {
    await backend.sql("DELETE FROM shop.payments");
    await backend.sql("UPDATE films SET sequel = NULL");
    const { data } = await importFile("copy.sql", { truncate: true });
    assertEquals(data.rowsImported, 2014);
    await requireSameRows();
    const [state] = await backend.sql(
      `SELECT bool_or(condeferrable) FILTER (WHERE conname NOT LIKE 'films%') AS deferrable,
         (SELECT string_agg(tgenabled::text, '') FROM pg_trigger WHERE tgname = 'touched') AS enabled
       FROM pg_constraint WHERE contype = 'f'`,
    );
    assertEquals(state, { deferrable: false, enabled: "O" });
  });

  const kinds: Readonly<Record<string, readonly string[]>> = {
    "compressed": ["-Z", "5"],
    "of INSERT": ["--inserts"],
    "of INSERT with several rows": ["--rows-per-insert", "300"],
    "of INSERT with columns": ["--column-inserts"],
    "that drops first": ["--clean", "--if-exists"],
    "that drops first what has to be there": ["--clean"],
    "of owners that log in": ["--use-set-session-authorization"],
    "with its database": ["--create"],
    "without owners and privileges": ["-O", "-x"],
    "with all names in quotes": ["--quote-all-identifiers"],
  };
  for (const [kind, args] of Object.entries(kinds)) {
    it(`imports ${kind}, over what is there with --clean`, async () => {
      await pgDump(...args, "-f", "other.sql");
      const { data } = await importFile("other.sql", { clean: true });
      assertEquals(data.rowsImported, 2014);
      await requireSameRows();
    });
  }

  it("imports the schema alone, and then rows that want no triggers", async () => {
    await pgDump("-s", "-f", "schema.sql");
    await pgDump("-a", "--disable-triggers", "-f", "rows.sql");
    await importFile("schema.sql", { clean: true });
    // A dump of the schema alone does not name what `rows.sql` makes.
    await backend.sql("SELECT lo_unlink(oid) FROM pg_largeobject_metadata");
    const { data, err } = await importFile("rows.sql");
    await backend.sql("REFRESH MATERIALIZED VIEW shop.totals");
    assertEquals(data.rowsImported, 2014);
    assertStringIncludes(err, "switches of triggers");
    await requireSameRows();
  });

  it("imports as PostgreSQL 17 and 18 write it", async () => {
    const text = await Deno.readTextFile(`${folder}/copy.sql`);
    const later = text
      .replace("SET lock_timeout", "SET transaction_timeout = 0;\nSET lock_timeout")
      .replaceAll(/^( {4}title text) NOT NULL/gm, "$1 CONSTRAINT films_title_given NOT NULL");
    assert(later.includes("transaction_timeout") && later.includes("films_title_given"));
    await Deno.writeTextFile(`${folder}/later.sql`, later);
    await importFile("later.sql", { clean: true });
    await requireSameRows();
  });

  it("names the line of a row that does not fit", async () => {
    const text = await Deno.readTextFile(`${folder}/copy.sql`);
    const line = text.split("\n").findIndex((row) => row.startsWith("1700\t")) + 1;
    await Deno.writeTextFile(`${folder}/bad.sql`, text.replace(/^1700\t/m, "seventeen\t"));
    const error = await assertRejects(() => importFile("bad.sql", { clean: true }), CliError);
    assertStringIncludes(error.message, '"seventeen"');
    assertEquals(error.facts.line, line);
    await requireSameRows();
  });

  it("is refused as an archive, with the command that makes a plain file", async () => {
    for (const [format, name] of [["c", "a.dump"], ["t", "a.tar"], ["d", "a.dir"]] as const) {
      await pgDump("-F", format, "-f", name);
      const error = await assertRejects(() => importFile(name), FileError);
      assertStringIncludes(error.hint!, `pg_restore -f a.sql ${name}`);
    }
  });
}
