/** Every kind of object that docs/backups.md lists. */

/** The kinds that a dump carries, as docs/backups.md calls them, and what shows that it does. */
export const CARRIED: Readonly<Record<string, readonly RegExp[]>> = {
  "schema": [/^CREATE SCHEMA IF NOT EXISTS app;/m],
  "extension": [/^CREATE EXTENSION IF NOT EXISTS citext;/m],
  "`DEPENDS ON EXTENSION`": [/DEPENDS ON EXTENSION citext/],
  "enum, domain, composite, range and multirange type": [
    /CREATE TYPE app\.pair AS \(/,
    /CREATE DOMAIN public\.email/,
    /AS ENUM/,
    /AS RANGE .*MULTIRANGE_TYPE_NAME/,
  ],
  "constraint of a domain that calls functions": [
    /^INSERT INTO[^]*\nALTER DOMAIN app\.sound ADD CONSTRAINT called CHECK \(\(?app\.outer1/m,
  ],
  "collation": [/^CREATE COLLATION app\.sorted/m],
  "cast": [/^CREATE CAST \(app\.pair AS text\)/m],
  "function, procedure, ordinary aggregate": [
    /CREATE AGGREGATE/,
    /FUNCTION app\.outer1/,
    /CREATE OR REPLACE PROCEDURE/,
  ],
  "operator": [
    /^CREATE OPERATOR app\.!== \(FUNCTION = app\.differ, LEFTARG = app\.pair, RIGHTARG = app\.pair, NEGATOR/m,
    /^CREATE OPERATOR app\.@\+ \(FUNCTION = app\.zinner, RIGHTARG = integer\);/m,
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
export const REFUSED: [string, string, string, string][] = [
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
    "operator class, operator family",
    "operator class app.own",
    "CREATE OPERATOR CLASS app.own FOR TYPE int USING btree AS OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int)",
    "DROP OPERATOR FAMILY app.own USING btree CASCADE",
  ],
  [
    "operator class, operator family",
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
