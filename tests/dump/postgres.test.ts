import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runExport } from "../../src/commands/db/export.ts";
import { runImport } from "../../src/commands/db/import.ts";
import { OperationError } from "../../src/core/errors.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { testContext } from "../support/context.ts";
import { ONE_OF_EACH } from "../support/one_of_each.ts";
import { postgresAt, type PostgresServer, startPostgres } from "../support/postgres.ts";
import {
  type PostgresBackend,
  REAL_BACKEND,
  servePostgres,
  WITH_CRON,
} from "../support/postgres_backend.ts";
import { richSchema } from "../support/rich_schema.ts";

let server: PostgresServer;
/** Another one, without objects of a project. */
let empty: PostgresServer;
let source: PostgresBackend;
let target: TestBackend;
let folder: string;

/** What uses extensions: a type of one, and an operator class of another. */
const ON_EXTENSIONS = `
CREATE TABLE public.people (name citext PRIMARY KEY, notes text);
CREATE INDEX people_notes ON public.people USING gin (notes gin_trgm_ops);
CREATE INDEX people_lower ON public.people (lower(notes));
ALTER INDEX public.people_lower DEPENDS ON EXTENSION citext;
INSERT INTO public.people VALUES ('Ada', 'x');
`;

const contextOf = ({ url, apiKey }: { url: string; apiKey: string }) =>
  testContext({ cwd: folder, env: { INSFORGE_BASE_URL: url, INSFORGE_API_KEY: apiKey } });

const complete = { data: true, format: "sql" };

async function exported(
  backend: { url: string; apiKey: string },
  options = {},
): Promise<string> {
  const { context, show } = contextOf(backend);
  return await show(await runExport(context, { ...complete, ...options }));
}

/**
 * A server of its own that stands for a real backend, with an extension `http` beside those of the
 * system.
 */
describe({
  name: "a dump of a real backend's PostgreSQL",
  ignore: !postgresAt(),
  fn() {
    beforeAll(async () => {
      folder = await Deno.makeTempDir();
      [server, empty, target] = await Promise.all([
        startPostgres(WITH_CRON),
        startPostgres(WITH_CRON),
        startBackend(),
      ]);
      await empty.psql(["-c", REAL_BACKEND]);
      source = await servePostgres(server.host);
      await source.sql(REAL_BACKEND);
      await source.sql(richSchema(300));
      await source.sql(ONE_OF_EACH);
      await source.sql(ON_EXTENSIONS);
    });
    afterAll(async () => {
      await source?.[Symbol.asyncDispose]();
      await Promise.all([
        server?.[Symbol.asyncDispose](),
        empty?.[Symbol.asyncDispose](),
        target?.close(),
      ]);
      await Deno.remove(folder, { recursive: true });
    });

    it("has nothing of an extension, and asks for those that are used", async () => {
      const text = await exported(source);
      assertEquals(text.match(/CREATE EXTENSION.*/g), [
        "CREATE EXTENSION IF NOT EXISTS citext;",
        "CREATE EXTENSION IF NOT EXISTS pg_trgm;",
      ]);
      assertEquals(/tablefunc|crosstab|http|cron/.test(text), false);
      assertStringIncludes(text, "DEPENDS ON EXTENSION citext");
    });

    it("restores with psql, and exports to the same bytes again", async () => {
      const { context } = contextOf(source);
      await runExport(context, { ...complete, output: "real.sql" });
      await empty.psql(["-c", "SET ROLE project_admin", "-f", `${folder}/real.sql`]);
      await using restored = await servePostgres(empty.host);
      const one = await Deno.readTextFile(`${folder}/real.sql`);
      assert(one === await exported(restored), "the second export differs from the first one");
    });

    it("--clean restores over what is there, and --data-only over rows that were removed", async () => {
      const { context } = contextOf(source);
      await runExport(context, { ...complete, output: "rows.sql.gz", dataOnly: true });
      await runExport(context, { ...complete, output: "clean.sql", clean: true });
      await empty.psql(["-c", "SET ROLE project_admin", "-f", `${folder}/clean.sql`]);
      const tables = await empty.psql(["-tA", "-c", LEAF_TABLES]);
      await empty.psql(["-c", `TRUNCATE ${tables.trim().split("\n").join(", ")}`]);
      await Deno.writeTextFile(`${folder}/rows.sql`, await unzipped(`${folder}/rows.sql.gz`));
      await empty.psql(["-c", "SET ROLE project_admin", "-f", `${folder}/rows.sql`]);
      await using restored = await servePostgres(empty.host);
      const [one, two] = [await exported(source), await exported(restored)];
      assert(one === two, "the export differs after the rows came back");
    });

    it("restores in the embedded backend", async () => {
      const options = { ...complete, excludeTable: ["people"], output: "plain.sql" };
      const { context, err } = contextOf(source);
      await runExport(context, options);
      assertEquals(err(), "");
      await runImport(contextOf(target).context, {}, "plain.sql");
      const one = await Deno.readTextFile(`${folder}/plain.sql`);
      const two = await exported(target);
      // Where a view has one table, PostgreSQL 18 names columns without it.
      const unqualified = (text: string) => text.replace(/\b(posts|kept|z_base)\.(?=\w)/g, "");
      assert(unqualified(one) === unqualified(two), "the second export differs from the first one");
      const zeros = await target.sql("SELECT zero::text, zeros::text FROM app.kept ORDER BY id");
      assertEquals(zeros, [{ zero: "-0", zeros: "-0" }, { zero: "0", zeros: "0" }]);
      const again = "INSERT INTO app.times VALUES ('2021-01-01', 'b', 3)";
      await assertRejects(() => target.sql(again), Error, "duplicate key");
    });

    it("carries and refuses what docs/backups.md says, line by line", async () => {
      const text = await exported(source);
      for (const [kind, patterns] of Object.entries(CARRIED)) {
        for (const pattern of patterns) assertMatch(text, pattern, kind);
      }
      const page = await Deno.readTextFile(new URL("../../docs/backups.md", import.meta.url));
      const rows = [...page.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)]
        .map(([, kind, fate]) => [kind!, fate!] as const);
      const kindsOf = (pattern: RegExp) =>
        rows.filter(([, fate]) => pattern.test(fate)).map(([kind]) => kind).sort();
      assertEquals(kindsOf(/^(?:carried|asked)/), Object.keys(CARRIED).sort());
      assertEquals(kindsOf(/^refused/), [...new Set(REFUSED.map(([kind]) => kind))].sort());
    });

    it("refuses by name what it could not bring back, unless it is not asked for", async () => {
      for (const [, name, make, drop] of REFUSED) {
        await source.sql(make);
        const error = await assertRejects(() => exported(source), OperationError, name, name);
        assertEquals(error.code, "EXPORT_UNSUPPORTED");
        if (name.startsWith("publication")) await exported(source, { tables: "base" });
        await source.sql(drop);
      }
    });
  },
});

/** What holds rows, of the schemas of the project. */
const LEAF_TABLES = `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
  WHERE schemaname IN ('app', 'public')`;

async function unzipped(path: string): Promise<string> {
  using file = await Deno.open(path);
  return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
}

/** The kinds that a dump carries, as docs/backups.md calls them, and what shows that it does. */
const CARRIED: Readonly<Record<string, readonly RegExp[]>> = {
  "schema": [/^CREATE SCHEMA IF NOT EXISTS app;/m],
  "extension": [/^CREATE EXTENSION IF NOT EXISTS citext;/m],
  "`DEPENDS ON EXTENSION`": [/DEPENDS ON EXTENSION citext/],
  "enum, domain, composite, range and multirange type": [
    /CREATE TYPE app\.pair AS \(/,
    /CREATE DOMAIN public\.email/,
    /AS ENUM/,
    /AS RANGE .*MULTIRANGE_TYPE_NAME/,
  ],
  "collation": [/^CREATE COLLATION app\.sorted/m],
  "cast": [/^CREATE CAST \(app\.pair AS text\)/m],
  "function, procedure, ordinary aggregate": [
    /CREATE AGGREGATE/,
    /FUNCTION app\.outer1/,
    /CREATE OR REPLACE PROCEDURE/,
  ],
  "text search dictionary and configuration": [
    /CREATE TEXT SEARCH DICTIONARY/,
    /CREATE TEXT SEARCH CONFIGURATION/,
  ],
  "sequence: options, owner, value": [
    /INCREMENT BY 5/,
    /ALTER SEQUENCE public\.posts_id_seq OWNED BY/,
    /setval\('public\.lonely'/,
  ],
  "table: ordinary, unlogged, typed, inheriting, partitioned": [
    /UNLOGGED TABLE/,
    /OF app\.pair/,
    /PARTITION BY RANGE/,
    /INHERITS \(public\.base\)/,
  ],
  "column: default, identity, generation, collation, NOT NULL": [
    /GENERATED ALWAYS AS \(\(app/,
    /COLLATE pg_catalog\."C" NOT NULL/,
    /AS IDENTITY/,
    /DEFAULT gen_random_uuid/,
  ],
  "column: storage, compression, statistics, `n_distinct`": [
    /SET STORAGE EXTERNAL/,
    /SET COMPRESSION pglz/,
    /SET STATISTICS 500/,
    /n_distinct=7/,
  ],
  "column inherited: a default and NOT NULL of its own": [
    /ONLY app\.child ALTER COLUMN a SET DEFAULT 2;\n.*ALTER COLUMN b SET NOT NULL/,
  ],
  "storage parameters, those of TOAST included": [/fillfactor=70, toast\.autovacuum_enabled=false/],
  "partition and its bounds": [/ATTACH PARTITION app\.times_new FOR VALUES FROM/],
  "rows": [/^INSERT INTO app\.kept .*\n\(1, 'x', NULL, '\{1,2\}', '-0', '-0'\)/m],
  "primary key, unique, exclusion, check, foreign key": [
    /CHECK \(\(a > 0\)\)/,
    /EXCLUDE USING/,
    /PRIMARY KEY \(id\)/,
    /UNIQUE \(at, kind\)/,
    /FOREIGN KEY/,
  ],
  "index, index of a partitioned table": [
    /CREATE INDEX times_n ON ONLY/,
    /ATTACH PARTITION app\.times_new_n_idx/,
  ],
  "extended statistics, statistics of an index": [
    /CREATE STATISTICS app\.kept_stats/,
    /ALTER INDEX app\.kept_outer ALTER COLUMN 1 SET STATISTICS/,
  ],
  "`CLUSTER ON`, `REPLICA IDENTITY`": [
    /CLUSTER ON kept_id;/,
    /REPLICA IDENTITY USING INDEX kept_id/,
  ],
  "view, its options and the defaults of its columns": [
    /CREATE VIEW public\.titles WITH \(security_invoker=true\)/,
    /VIEW app\.seen ALTER COLUMN note SET DEFAULT/,
  ],
  "materialized view": [/^REFRESH MATERIALIZED VIEW app\.z_base;/m],
  "rule": [/DISABLE RULE kept_rule/],
  "trigger, that of a partition included": [/ONLY app\.times_new DISABLE TRIGGER times_quiet/],
  "row security, policy": [
    /FORCE ROW LEVEL SECURITY/,
    /CREATE POLICY readable ON public\.posts AS RESTRICTIVE/,
  ],
  "privileges of objects and columns": [
    /GRANT ALL ON TABLE app\.full_rows TO anon;\nGRANT SELECT \(a\), UPDATE \(a\)/,
  ],
  "default privileges": [
    /^ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT ALL ON TABLES TO authenticated;/m,
  ],
  "comment": [/^COMMENT ON POLICY readable/m],
};

/**
 * One of each kind that a dump refuses: as docs/backups.md calls it, its name, what makes it and
 * what removes it.
 */
const REFUSED: [string, string, string, string][] = [
  [
    "foreign table, server and data wrapper",
    "foreign table app.far",
    `CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
     CREATE FOREIGN TABLE app.far (a int) SERVER far`,
    "DROP EXTENSION postgres_fdw CASCADE",
  ],
  [
    "foreign table, server and data wrapper",
    "foreign server far",
    "CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw",
    "DROP EXTENSION postgres_fdw CASCADE",
  ],
  [
    "foreign table, server and data wrapper",
    "foreign data wrapper own",
    "CREATE FOREIGN DATA WRAPPER own",
    "DROP FOREIGN DATA WRAPPER own",
  ],
  [
    "operator, operator class, operator family",
    "operator app.===",
    "CREATE OPERATOR app.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
    "DROP OPERATOR app.=== (int, int)",
  ],
  [
    "operator, operator class, operator family",
    "operator class app.own",
    "CREATE OPERATOR CLASS app.own FOR TYPE int USING btree AS OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int)",
    "DROP OPERATOR FAMILY app.own USING btree CASCADE",
  ],
  [
    "operator, operator class, operator family",
    "operator family app.kin",
    "CREATE OPERATOR FAMILY app.kin USING btree",
    "DROP OPERATOR FAMILY app.kin USING btree",
  ],
  [
    "conversion, language, transform, access method",
    "conversion app.own",
    "CREATE CONVERSION app.own FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
    "DROP CONVERSION app.own",
  ],
  [
    "text search parser and template",
    "text search parser app.own",
    `CREATE TEXT SEARCH PARSER app.own (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
       LEXTYPES = prsd_lextype)`,
    "DROP TEXT SEARCH PARSER app.own",
  ],
  [
    "text search parser and template",
    "text search template app.own",
    "CREATE TEXT SEARCH TEMPLATE app.own (LEXIZE = dsimple_lexize)",
    "DROP TEXT SEARCH TEMPLATE app.own",
  ],
  [
    "base type, shell type, range with a canonical function",
    "shell type app.hollow",
    "CREATE TYPE app.hollow",
    "DROP TYPE app.hollow",
  ],
  [
    "base type, shell type, range with a canonical function",
    "base type app.own",
    `CREATE TYPE app.own;
     CREATE FUNCTION app.own_in(cstring) RETURNS app.own LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
     CREATE FUNCTION app.own_out(app.own) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
     CREATE TYPE app.own (INPUT = app.own_in, OUTPUT = app.own_out, LIKE = int4)`,
    "DROP TYPE app.own CASCADE",
  ],
  [
    "ordered-set and hypothetical-set aggregate",
    "aggregate app.middle",
    `CREATE AGGREGATE app.middle (float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
       FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA)`,
    "DROP AGGREGATE app.middle (float8 ORDER BY anyelement)",
  ],
  [
    "publication, subscription",
    "publication news",
    "CREATE PUBLICATION news FOR TABLE app.full_rows",
    "DROP PUBLICATION news",
  ],
  [
    "publication, subscription",
    "subscription inbox",
    `CREATE SUBSCRIPTION inbox CONNECTION 'host=nowhere' PUBLICATION news
       WITH (connect = false, slot_name = NONE)`,
    "DROP SUBSCRIPTION inbox",
  ],
  [
    "conversion, language, transform, access method",
    "language own",
    "CREATE LANGUAGE own HANDLER plpgsql_call_handler",
    "DROP LANGUAGE own",
  ],
  [
    "conversion, language, transform, access method",
    "access method own",
    "CREATE ACCESS METHOD own TYPE TABLE HANDLER heap_tableam_handler",
    "DROP ACCESS METHOD own",
  ],
  [
    "conversion, language, transform, access method",
    "transform integer",
    "CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal))",
    "DROP TRANSFORM FOR int LANGUAGE sql",
  ],
  ["large object", "large object 47110", "SELECT lo_create(47110)", "SELECT lo_unlink(47110)"],
  [
    "event trigger of the project's functions",
    "event trigger own",
    `CREATE FUNCTION app.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
     CREATE EVENT TRIGGER own ON ddl_command_end EXECUTE FUNCTION app.on_ddl()`,
    "DROP EVENT TRIGGER own; DROP FUNCTION app.on_ddl()",
  ],
  [
    "index that is invalid",
    "invalid index app.broken",
    `CREATE INDEX broken ON app.full_rows (a);
     UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.broken'::regclass`,
    "DROP INDEX app.broken",
  ],
  [
    "base type, shell type, range with a canonical function",
    "base type app.steps_of",
    `CREATE TYPE app.steps_of;
     CREATE FUNCTION app.canonical(app.steps_of) RETURNS app.steps_of LANGUAGE internal IMMUTABLE STRICT
       AS 'int4range_canonical';
     CREATE TYPE app.steps_of AS RANGE (SUBTYPE = int4, CANONICAL = app.canonical)`,
    "DROP TYPE app.steps_of CASCADE",
  ],
  [
    "ordered-set and hypothetical-set aggregate",
    "aggregate app.ranked",
    `CREATE AGGREGATE app.ranked (VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi,
       STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL)`,
    'DROP AGGREGATE app.ranked (VARIADIC "any" ORDER BY VARIADIC "any")',
  ],
  [
    "conversion, language, transform, access method",
    "table with an access method of its own app.heaped",
    `CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;
     CREATE TABLE app.heaped (a int) USING heap2`,
    "DROP ACCESS METHOD heap2 CASCADE",
  ],
  // No provider of labels is there: they are written as one would.
  ...[
    ["table app.full_rows", "'pg_class'::regclass, 'app.full_rows'::regclass, 0"],
    ["table column app.full_rows.a", "'pg_class'::regclass, 'app.full_rows'::regclass, 1"],
    ["schema app", "'pg_namespace'::regclass, 'app'::regnamespace, 0"],
    ["function app.quiet()", "'pg_proc'::regclass, 'app.quiet'::regproc, 0"],
  ].map(([object, address]): [string, string, string, string] => [
    "security label",
    `security label of ${object}`,
    `INSERT INTO pg_seclabel (classoid, objoid, objsubid, provider, label) SELECT ${address}, 'p', 'secret'`,
    "DELETE FROM pg_seclabel",
  ]),
  [
    "function in C or another untrusted language",
    "function in an untrusted language app.nth",
    "CREATE FUNCTION app.nth() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number'",
    "DROP FUNCTION app.nth()",
  ],
];
